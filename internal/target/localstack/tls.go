package localstack

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
)

// tlsConfig is that of DOCKER_TLS_VERIFY: ca.pem, cert.pem and key.pem of DOCKER_CERT_PATH, or of ~/.docker.
func tlsConfig(getenv func(string) string) (*tls.Config, error) {
	dir := getenv("DOCKER_CERT_PATH")
	if dir == "" {
		dir = filepath.Join(getenv("HOME"), ".docker")
	}
	unreadable := func(err error) error {
		return &Unavailable{
			Reason: "the certificates for Docker in " + dir + " cannot be used (" + err.Error() + ")",
			Next:   "let DOCKER_CERT_PATH name the folder that holds ca.pem, cert.pem and key.pem", Err: err,
		}
	}
	ca, err := os.ReadFile(filepath.Join(dir, "ca.pem"))
	if err != nil {
		return nil, unreadable(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, unreadable(errors.New("ca.pem holds no certificate"))
	}
	own, err := tls.LoadX509KeyPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		return nil, unreadable(err)
	}
	return &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}, nil
}
