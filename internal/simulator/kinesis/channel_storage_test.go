package kinesis

import (
	"testing"
	"time"

	"github.com/wavetank/wavetank/internal/clock"
)

// TestGzipIsAskedOfTheStore: or zstd; and nothing is asked where there is no compression.
func TestGzipIsAskedOfTheStore(t *testing.T) {
	for compression, want := range map[string]string{compressionGzip: "GZIP", compressionZstd: "ZSTD", compressionNone: ""} {
		s, c, to := newChannels(t, Config{})
		in := channelTo("c")
		in.S3DestinationConfiguration.StorageConfiguration.CompressionType = &compression
		mustChannel(t, s, in)
		putsAt(t, s, c, 0)
		c.RunUntil(clock.Epoch.Add(time.Hour))
		if len(to.objects) != 1 || to.objects[0].compression != want {
			t.Errorf("of %s: %+v", compression, to.objects)
		}
	}
}

// TestAStorageClassIsAskedOfTheStore: of objects, not of dead letters, and nothing where it is STANDARD.
func TestAStorageClassIsAskedOfTheStore(t *testing.T) {
	for class, want := range map[string]string{"": "", classStandard: "", "GLACIER_IR": "GLACIER_IR"} {
		s, c, to := newChannels(t, Config{})
		in := channelTo("c")
		if class != "" {
			in.S3DestinationConfiguration.StorageConfiguration.StorageClass = &class
		}
		mustChannel(t, s, in)
		put(t, s, "1")
		put(t, s, "no JSON")
		c.RunUntil(clock.Epoch.Add(time.Hour))
		if len(to.objects) != 2 || to.objects[0].class != want || to.objects[1].class != "" {
			t.Errorf("of %q: %+v", class, to.objects)
		}
	}
}
