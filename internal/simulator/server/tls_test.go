package server

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestAuthorityIsKept: a second start has the same authority, whichever of several starts was the first, and the key is
// nobody else's to read.
func TestAuthorityIsKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "folder", "ca.pem")
	var done sync.WaitGroup
	opened := make([]*Authority, 8)
	for i := range opened {
		done.Go(func() {
			a, err := OpenAuthority(file, nil, time.Now())
			if err != nil {
				t.Error(err)
			}
			opened[i] = a
		})
	}
	done.Wait()
	if t.Failed() {
		t.FailNow()
	}
	pool := poolOf(t, file)
	for i, a := range opened {
		c, err := a.Certificate(nil, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
			if _, err := c.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host}); err != nil {
				t.Errorf("the certificate of start %d for %s: %v", i, host, err)
			}
		}
	}
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 2 {
		t.Errorf("there are %v, %v", entries, err)
	}
	for name, want := range map[string]os.FileMode{"ca.pem": 0o644, "ca-key.pem": 0o600} {
		info, err := os.Stat(filepath.Join(filepath.Dir(file), name))
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// TestAuthorityIsPublishedAgain: the public file can be made again from the private one, and may hold other certificates.
func TestAuthorityIsPublishedAgain(t *testing.T) {
	_, file, _ := newAuthority(t)
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAuthority(file, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	if again, err := os.ReadFile(file); err != nil || string(again) != string(first) {
		t.Errorf("%s, %v", again, err)
	}
	if err := os.WriteFile(file, append([]byte("# another\n"), first...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenAuthority(file, nil, time.Now()); err != nil {
		t.Error(err)
	}
}

// TestAuthoritySignsForItsHostsOnly: what a client was made to trust is good for this machine and the hosts that it was made
// for.
func TestAuthoritySignsForItsHostsOnly(t *testing.T) {
	now := time.Now()
	a, _, pool := newAuthority(t, "wavetank", "10.1.2.3")
	c, err := a.Certificate([]string{"wavetank", "10.1.2.3", "127.0.0.5"}, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"wavetank", "10.1.2.3", "localhost", "127.0.0.5"} {
		if _, err := c.Leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, host := range []string{"kinesis.eu-west-1.amazonaws.com", "10.1.2.4", "2001:db8::1"} {
		if _, err := a.Certificate([]string{host}, now); err == nil || !strings.Contains(err.Error(), "may not sign for "+host) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestCertificatesThatAreRefused(t *testing.T) {
	now := time.Now()
	write := func(t *testing.T, name, text string, mode os.FileMode) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return file
	}
	load := func(cert, key string, now time.Time) error {
		_, err := LoadCertificate(cert, key, now)
		return err
	}
	open := func(file string, now time.Time) error {
		_, err := OpenAuthority(file, nil, now)
		return err
	}
	keyOf := func(file string) string { return strings.TrimSuffix(file, ".pem") + "-key.pem" }
	tests := []struct {
		name string
		do   func(t *testing.T) error
		want string
	}{
		{"no certificate", func(*testing.T) error { return load("/nowhere/c.pem", "/nowhere/k.pem", now) }, "read certificate: open /nowhere/c.pem: no such file"},
		{"no key", func(t *testing.T) error { _, file, _ := newAuthority(t); return load(file, "/nowhere/k.pem", now) }, "read key: open /nowhere/k.pem"},
		{"no PEM", func(t *testing.T) error { f := write(t, "c.pem", "x", 0o600); return load(f, f, now) }, "are not a certificate and its key in PEM"},
		{"two pairs", func(t *testing.T) error {
			_, one, _ := newAuthority(t)
			_, two, _ := newAuthority(t)
			return load(one, keyOf(two), now)
		}, "are not a certificate and its key in PEM: tls: private key does not match public key"},
		{"expired", func(t *testing.T) error {
			_, file, _ := newAuthority(t)
			return load(file, keyOf(file), now.AddDate(11, 0, 0))
		}, "expired on"},
		{"of tomorrow", func(t *testing.T) error {
			_, file, _ := newAuthority(t)
			return load(file, keyOf(file), now.AddDate(0, 0, -2))
		}, "check this machine's clock"},
		{"an authority that has expired", func(t *testing.T) error {
			_, file, _ := newAuthority(t)
			return open(file, now.AddDate(11, 0, 0))
		}, "make a new one"},
		{"somebody else's file", func(t *testing.T) error { return open(write(t, "ca.pem", "x", 0o600), now) }, "is there, but not its key"},
		{"another authority's file", func(t *testing.T) error {
			_, file, _ := newAuthority(t)
			if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			return open(file, now)
		}, "does not hold the certificate of"},
		{"a key that others can read", func(t *testing.T) error {
			_, file, _ := newAuthority(t)
			if err := os.Chmod(keyOf(file), 0o644); err != nil {
				t.Fatal(err)
			}
			return open(file, now)
		}, "is open to others (mode 0644): take that away with chmod 600"},
		{"half a key", func(t *testing.T) error {
			_, file, _ := newAuthority(t)
			if err := os.WriteFile(keyOf(file), []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			return open(file, now)
		}, "in PEM"},
		{"no folder", func(t *testing.T) error { return open(filepath.Join(write(t, "f", "", 0o600), "ca.pem"), now) }, "certificate authority"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.do(t); err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want %q", err, tt.want)
			}
		})
	}
}
