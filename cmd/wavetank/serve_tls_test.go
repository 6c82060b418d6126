package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"go.uber.org/goleak"

	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

var exportedBundle = regexp.MustCompile(`(?m)^  export AWS_CA_BUNDLE=(.+)$`)

// trusting lists the streams over https, trusting the certificates of a file alone.
func (s *serving) trusting(file string) ([]string, error) {
	s.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		s.t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	defer transport.CloseIdleConnections()
	config := s.config("us-east-1", "any")
	config.BaseEndpoint = aws.String(strings.Replace(s.url, "http:", "https:", 1))
	config.HTTPClient = httpclient.New(transport)
	out, err := kinesis.NewFromConfig(config).ListStreams(s.t.Context(), nil)
	if err != nil {
		return nil, err
	}
	return out.StreamNames, nil
}

// TestServeTLS: http and https are one endpoint; the file that the banner names is what a client needs, and it is the same
// after a new start.
func TestServeTLS(t *testing.T) {
	defer goleak.VerifyNone(t)
	home := filepath.Join(t.TempDir(), "it's home")
	environment := map[string]string{"HOME": home}
	file := filepath.Join(home, ".config", "wavetank", "ca.pem")
	var first string
	for range 2 {
		s := start(t, environment, "clickstream")
		if streams, _ := s.holds("us-east-1", "any"); len(streams) != 1 {
			t.Errorf("over http there are %v", streams)
		}
		if streams, err := s.trusting(file); err != nil || len(streams) != 1 {
			t.Errorf("over https there are %v, %v", streams, err)
		}
		m := exportedBundle.FindStringSubmatch(s.banner)
		if want := `'` + strings.ReplaceAll(file, "'", `'\''`) + `'`; m == nil || m[1] != want {
			t.Errorf("the banner exports %q, want %s", m, want)
		}
		s.stop()
		text, err := os.ReadFile(file)
		if err != nil || first != "" && string(text) != first {
			t.Errorf("the second start has another authority, %v", err)
		}
		first = string(text)
	}
}

// TestServeOwnCertificate: a certificate of the user's own, here one of an authority that signs itself.
func TestServeOwnCertificate(t *testing.T) {
	defer goleak.VerifyNone(t)
	file := filepath.Join(t.TempDir(), "ca.pem")
	start(t, nil, "--ca-file", file).stop()
	s := start(t, nil, "--tls-cert", file, "--tls-key", strings.TrimSuffix(file, ".pem")+"-key.pem")
	defer s.stop()
	if exportedBundle.MatchString(s.banner) || !strings.Contains(s.banner, "with the certificate of --tls-cert") {
		t.Errorf("banner:\n%s", s.banner)
	}
	if _, err := s.trusting(file); err == nil || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("that certificate is not for 127.0.0.1, and the client says %v", err)
	}
}

// TestServeWithoutTLS: where no authority can be kept, http is served all the same, and the banner says why https is not.
func TestServeWithoutTLS(t *testing.T) {
	defer goleak.VerifyNone(t)
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		environment map[string]string
		want        string
	}{
		"no home":             {nil, "https is off: there is no home folder"},
		"a home that is none": {map[string]string{"XDG_CONFIG_HOME": blocked}, "https is off: "},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, tt.environment)
			s.holds("us-east-1", "any")
			if !strings.Contains(s.banner, tt.want) || exportedBundle.MatchString(s.banner) {
				t.Errorf("banner:\n%s", s.banner)
			}
			s.stop()
		})
	}
}
