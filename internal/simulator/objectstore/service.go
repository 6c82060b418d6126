package objectstore

import (
	"compress/gzip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/record"
)

// DefaultMaxBytes is the cap of a store whose Config names none.
const DefaultMaxBytes = 1 << 30

// Config is how a store behaves. The zero value keeps everything up to DefaultMaxBytes and renders nothing.
type Config struct {
	// Render renders the records that have no bytes of their own. Where it is nil, an object made of such records can be
	// listed but not fetched.
	Render record.Render
	// DropRead drops a body once it has been fetched whole (see [Object.Fetched]).
	DropRead bool
	// DropRecords keeps no records at all: an object made of records without bytes is metadata from the start. It is for
	// runs in virtual time whose deliveries are observed and not fetched.
	DropRecords bool
	// MaxBytes caps what the store holds: bodies, records and a fixed cost an object. 0 is DefaultMaxBytes.
	MaxBytes int64
	// Level is the gzip level of deliveries. 0 is [gzip.BestSpeed]; AWS documents none. Those of ZSTD are at its fastest.
	Level int
}

// Service is the object store of one account and region.
type Service struct {
	config  Config
	writers sync.Pool // of *compressor

	mu      sync.Mutex
	buckets map[string]*bucket
	used    int64
	fetched []*object // bodies that were fetched whole, oldest first; those gone since are skipped
	uploads map[string]*upload
	serial  uint64 // of the uploads' ids
	puts    uint64 // objects so far
}

type bucket struct {
	name    string
	created time.Time
	objects map[string]*object
	sorted  []*object // by key; may hold objects that are gone
	fresh   []*object // put since the last listing, in the order of their puts
	gone    int       // objects of sorted and fresh that are no longer in the bucket
}

// New makes an empty store.
func New(config Config) *Service {
	if config.MaxBytes <= 0 {
		config.MaxBytes = DefaultMaxBytes
	}
	if config.Level == 0 {
		config.Level = gzip.BestSpeed
	}
	return &Service{config: config, buckets: map[string]*bucket{}, uploads: map[string]*upload{}}
}

// Used is how many bytes of the cap are taken.
func (s *Service) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// Bucket is what is known of a bucket.
type Bucket struct {
	Name    string
	Created time.Time
}

// CreateBucket makes a bucket. It fails with [ErrInvalidBucketName] and [ErrBucketExists].
func (s *Service) CreateBucket(now time.Time, name string) error {
	if !validBucketName(name) {
		return fail(ErrInvalidBucketName, "%q: a bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens, and begins and ends with a letter or digit", name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] != nil {
		return fail(ErrBucketExists, "%q", name)
	}
	s.buckets[name] = &bucket{name: name, created: now, objects: map[string]*object{}}
	return nil
}

// HeadBucket tells what is known of a bucket, or [ErrNoSuchBucket].
func (s *Service) HeadBucket(name string) (Bucket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(name)
	if err != nil {
		return Bucket{}, err
	}
	return Bucket{Name: b.name, Created: b.created}, nil
}

// DeleteBucket removes a bucket without objects and uploads, else it fails with [ErrBucketNotEmpty].
func (s *Service) DeleteBucket(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	if len(b.objects) > 0 {
		return fail(ErrBucketNotEmpty, "%q has %d objects", name, len(b.objects))
	}
	for id, u := range s.uploads { // S3 forgets the uploads with the bucket
		if u.bucket == name {
			s.used -= u.cost()
			delete(s.uploads, id)
		}
	}
	delete(s.buckets, name)
	return nil
}

// Buckets lists the buckets by name.
func (s *Service) Buckets() []Bucket {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Bucket, 0, len(s.buckets))
	for _, b := range s.buckets {
		list = append(list, Bucket{Name: b.name, Created: b.created})
	}
	slices.SortFunc(list, func(a, b Bucket) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (s *Service) bucket(name string) (*bucket, error) {
	b := s.buckets[name]
	if b == nil {
		return nil, fail(ErrNoSuchBucket, "%q", name)
	}
	return b, nil
}

// validBucketName applies the general rules of the S3 user guide, "Bucket naming rules" (reserved prefixes and suffixes
// are not checked).
func validBucketName(name string) bool {
	if len(name) < 3 || len(name) > 63 || strings.Contains(name, "..") {
		return false
	}
	digits := true // and dots: the shape of an IP address
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= '0' && c <= '9':
		case c >= 'a' && c <= 'z':
			digits = false
		case c == '.' || c == '-':
			if i == 0 || i == len(name)-1 {
				return false
			}
			digits = digits && c == '.'
		default:
			return false
		}
	}
	return !digits || strings.Count(name, ".") != 3
}
