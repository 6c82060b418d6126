package objectstore

import (
	"crypto/md5"
	"encoding/hex"
	"slices"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// What the store charges against its cap beside the bytes of a body: close to what these cost in memory.
const (
	objectCost = 512
	recordCost = 128
)

// MaxKeyBytes is the longest key (S3 user guide, "Naming Amazon S3 objects").
const MaxKeyBytes = 1024

// Meta is what a client stores with an object. The zero value is an object of type binary/octet-stream.
type Meta struct {
	ContentType        string
	ContentEncoding    string
	ContentDisposition string
	ContentLanguage    string
	CacheControl       string
	Expires            string
	StorageClass       string            // "" is STANDARD
	User               map[string]string // x-amz-meta-*, names in lower case without that prefix
	Checksum           Checksum
}

// Checksum is the checksum a client sent along and the server verified. The zero value is none.
type Checksum struct {
	Algorithm string // CRC32, CRC32C, CRC64NVME, SHA1 or SHA256
	Value     string // base64
}

// Info is an object without its body.
type Info struct {
	Key      string
	Size     int64  // bytes; -1 where records are not rendered yet
	ETag     string // without quotes; "" where records are not rendered yet
	Modified time.Time
	Number   uint64 // of the store's objects, in the order of their puts, from 1
	Records  int    // of an object made of records; 0 of others
	Meta     Meta
}

// Object is a fetched object. Its body is shared and must not be changed.
type Object struct {
	Info
	Body []byte

	service *Service
	object  *object
}

type object struct {
	info     Info
	body     []byte          // nil where it is not rendered yet, or dropped
	records  []record.Record // to render body from
	held     int64           // bytes that body and records take of the cap
	rendered bool            // body, size and ETag are there
	gone     bool            // deleted or replaced
	dropped  bool            // neither body nor records are there any more
	read     bool            // is in the queue of fetched bodies
}

func (o *object) cost() int64 { return objectCost + int64(len(o.info.Key)) + o.held }

// Put stores an object of bytes, which belong to the store from then on. It fails with [ErrNoSuchBucket],
// [ErrKeyTooLong] and [ErrFull].
func (s *Service) Put(now time.Time, bucket, key string, body []byte, meta Meta) (Info, error) {
	sum := md5.Sum(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.insert(bucket, &object{
		info:     Info{Key: key, Size: int64(len(body)), ETag: hex.EncodeToString(sum[:]), Modified: now, Meta: meta},
		body:     body,
		held:     int64(cap(body)),
		rendered: true,
	})
}

// insert puts an object into its bucket, in the place of one of the same key. The caller holds the lock.
func (s *Service) insert(bucket string, o *object) (Info, error) {
	if o.info.Key == "" || len(o.info.Key) > MaxKeyBytes {
		return Info{}, fail(ErrKeyTooLong, "%d bytes; 1 to %d are allowed", len(o.info.Key), MaxKeyBytes)
	}
	b, err := s.bucket(bucket)
	if err != nil {
		return Info{}, err
	}
	if err := s.reserve(o.cost()); err != nil {
		return Info{}, err
	}
	if old := b.objects[o.info.Key]; old != nil {
		s.remove(b, old)
	}
	s.puts++
	o.info.Number = s.puts
	b.objects[o.info.Key] = o
	b.fresh = append(b.fresh, o)
	return o.info, nil
}

// reserve takes n bytes of the cap, dropping the bodies that were fetched longest ago where it must.
func (s *Service) reserve(n int64) error {
	for s.used+n > s.config.MaxBytes {
		if len(s.fetched) == 0 {
			return fail(ErrFull, "%d bytes more would exceed its cap of %d bytes, and no body of it has been fetched", n, s.config.MaxBytes)
		}
		s.drop(s.fetched[0])
		s.fetched = s.fetched[1:]
	}
	s.used += n
	return nil
}

func (s *Service) drop(o *object) {
	if o.gone || o.dropped {
		return
	}
	s.used -= o.held
	o.body, o.records, o.held, o.dropped = nil, nil, 0, true
}

func (s *Service) remove(b *bucket, o *object) {
	s.used -= o.cost()
	delete(b.objects, o.info.Key)
	o.body, o.records, o.gone = nil, nil, true
	b.gone++
	if b.gone > 1024+len(b.objects) { // a bucket that is written and deleted but never listed stays bounded
		b.tidy()
	}
}

// Get fetches an object, rendering it where nobody has looked at it before. It fails with [ErrNoSuchBucket],
// [ErrNoSuchKey], [ErrDropped], [ErrNotRendered] and [ErrFull].
func (s *Service) Get(bucket, key string) (Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.lookup(bucket, key)
	if err != nil {
		return Object{}, err
	}
	if o.dropped {
		return Object{}, fail(ErrDropped, "of %q in %q: only its metadata is kept (it was fetched before, or records are not kept)", key, bucket)
	}
	if err := s.render(o); err != nil {
		return Object{}, err
	}
	return Object{Info: o.info, Body: o.body, service: s, object: o}, nil
}

// Head tells what is known of an object, rendering it where its size is not known yet. Of a body that was dropped before
// it was rendered the size stays -1.
func (s *Service) Head(bucket, key string) (Info, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.lookup(bucket, key)
	if err != nil {
		return Info{}, err
	}
	if !o.dropped {
		if err := s.render(o); err != nil {
			return Info{}, err
		}
	}
	return o.info, nil
}

func (s *Service) lookup(bucket, key string) (*object, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return nil, err
	}
	o := b.objects[key]
	if o == nil {
		return nil, fail(ErrNoSuchKey, "%q in %q", key, bucket)
	}
	return o, nil
}

// Fetched says that the object reached its reader whole: its body may be dropped, at once (DropRead) or at the cap.
// Whoever reads only a range does not call it.
func (o Object) Fetched() {
	s := o.service
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case o.object.gone || o.object.dropped || o.object.read:
	case s.config.DropRead:
		s.drop(o.object)
	default:
		o.object.read = true
		if len(s.fetched) == cap(s.fetched) { // before it grows, forget those that are gone
			s.fetched = slices.DeleteFunc(s.fetched, func(o *object) bool { return o.gone || o.dropped })
		}
		s.fetched = append(s.fetched, o.object)
	}
}

// Delete removes an object. As in S3 it is no error when there is none.
func (s *Service) Delete(bucket, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return err
	}
	if o := b.objects[key]; o != nil {
		s.remove(b, o)
	}
	return nil
}
