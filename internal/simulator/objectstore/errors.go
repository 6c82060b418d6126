package objectstore

import (
	"errors"
	"fmt"
)

// Why an operation is refused; callers ask with [errors.Is]. The message beside it names the bucket, the key and what is
// allowed.
var (
	ErrNoSuchBucket      = errors.New("no such bucket")
	ErrBucketExists      = errors.New("bucket exists already")
	ErrBucketNotEmpty    = errors.New("bucket is not empty")
	ErrInvalidBucketName = errors.New("invalid bucket name")
	ErrNoSuchKey         = errors.New("no such key")
	ErrKeyTooLong        = errors.New("key is too long")
	ErrDropped           = errors.New("the body was dropped")
	ErrNotRendered       = errors.New("the body cannot be rendered")
	ErrFull              = errors.New("the object store is full")
	ErrNoSuchUpload      = errors.New("no such upload")
	ErrInvalidPart       = errors.New("invalid part")
	ErrPartTooSmall      = errors.New("part is too small")
	ErrPartOrder         = errors.New("parts are not in ascending order")
)

func fail(err error, format string, args ...any) error {
	return fmt.Errorf("%w: %s", err, fmt.Sprintf(format, args...))
}
