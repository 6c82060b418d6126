package objectstore

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"time"
)

// Limits of a multipart upload (S3 user guide, "Amazon S3 multipart upload limits").
const (
	MaxPartNumber = 10_000
	MinPartBytes  = 5 << 20 // of every part but the last
)

// upload is a multipart upload that is neither completed nor aborted. What it holds counts against the cap.
type upload struct {
	bucket, key string
	meta        Meta
	parts       map[int]part
}

type part struct {
	body []byte
	md5  [md5.Size]byte
}

func (u *upload) cost() int64 {
	cost := int64(objectCost + len(u.key))
	for _, p := range u.parts {
		cost += int64(cap(p.body))
	}
	return cost
}

// CompletedPart names a part that an upload is made of.
type CompletedPart struct {
	Number int
	ETag   string // without quotes
}

// CreateUpload begins a multipart upload and tells its id. It fails with [ErrNoSuchBucket], [ErrKeyTooLong] and
// [ErrFull].
func (s *Service) CreateUpload(bucket, key string, meta Meta) (id string, err error) {
	if key == "" || len(key) > MaxKeyBytes {
		return "", fail(ErrKeyTooLong, "%d bytes; 1 to %d are allowed", len(key), MaxKeyBytes)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.bucket(bucket); err != nil {
		return "", err
	}
	u := &upload{bucket: bucket, key: key, meta: meta, parts: map[int]part{}}
	if err := s.reserve(u.cost()); err != nil {
		return "", err
	}
	s.serial++
	id = fmt.Sprintf("upload-%016x", s.serial)
	s.uploads[id] = u
	return id, nil
}

// UploadPart stores a part, whose bytes belong to the store from then on; a part of the same number is replaced. It
// fails with [ErrNoSuchUpload], [ErrInvalidPart] and [ErrFull].
func (s *Service) UploadPart(bucket, key, id string, number int, body []byte) (etag string, err error) {
	if number < 1 || number > MaxPartNumber {
		return "", fail(ErrInvalidPart, "number %d; 1 to %d are allowed", number, MaxPartNumber)
	}
	sum := md5.Sum(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return "", err
	}
	if err := s.reserve(int64(cap(body))); err != nil {
		return "", err
	}
	s.used -= int64(cap(u.parts[number].body))
	u.parts[number] = part{body: body, md5: sum}
	return hex.EncodeToString(sum[:]), nil
}

// CompleteUpload makes the object of the parts named. It fails with [ErrNoSuchUpload], [ErrInvalidPart],
// [ErrPartOrder], [ErrPartTooSmall] and [ErrFull]; the upload then stays.
func (s *Service) CompleteUpload(now time.Time, bucket, key, id string, parts []CompletedPart) (Info, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return Info{}, err
	}
	body, etag, err := u.join(parts)
	if err != nil {
		return Info{}, err
	}
	s.used -= u.cost() // the object takes the parts' place
	info, err := s.insert(bucket, &object{
		info:     Info{Key: key, Size: int64(len(body)), ETag: etag, Modified: now, Meta: u.meta},
		body:     body,
		held:     int64(cap(body)),
		rendered: true,
	})
	if err != nil {
		s.used += u.cost()
		return Info{}, err
	}
	delete(s.uploads, id)
	return info, nil
}

// join concatenates the parts. The ETag is that of S3: the MD5 of the parts' MD5s, and their number.
func (u *upload) join(parts []CompletedPart) (body []byte, etag string, err error) {
	if len(parts) == 0 {
		return nil, "", fail(ErrInvalidPart, "an upload is made of at least one part")
	}
	for i := range parts[1:] {
		if parts[i+1].Number <= parts[i].Number {
			return nil, "", fail(ErrPartOrder, "%d after %d", parts[i+1].Number, parts[i].Number)
		}
	}
	size, sums := 0, []byte(nil)
	for i, p := range parts {
		have, ok := u.parts[p.Number]
		switch {
		case !ok || hex.EncodeToString(have.md5[:]) != p.ETag:
			return nil, "", fail(ErrInvalidPart, "part %d with ETag %q was not uploaded", p.Number, p.ETag)
		case i < len(parts)-1 && len(have.body) < MinPartBytes:
			return nil, "", fail(ErrPartTooSmall, "part %d has %d bytes; all but the last have at least %d", p.Number, len(have.body), MinPartBytes)
		}
		size += len(have.body)
		sums = append(sums, have.md5[:]...)
	}
	body = make([]byte, 0, size)
	for _, p := range parts {
		body = append(body, u.parts[p.Number].body...)
	}
	sum := md5.Sum(sums)
	return body, fmt.Sprintf("%x-%d", sum, len(parts)), nil
}

// AbortUpload forgets an upload and its parts, or fails with [ErrNoSuchUpload].
func (s *Service) AbortUpload(bucket, key, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return err
	}
	s.used -= u.cost()
	delete(s.uploads, id)
	return nil
}

func (s *Service) upload(bucket, key, id string) (*upload, error) {
	if _, err := s.bucket(bucket); err != nil {
		return nil, err
	}
	u := s.uploads[id]
	if u == nil || u.bucket != bucket || u.key != key {
		return nil, fail(ErrNoSuchUpload, "%q of %q in %q", id, key, bucket)
	}
	return u, nil
}
