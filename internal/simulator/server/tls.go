package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	authorityAge   = 10 * 365 * 24 * time.Hour
	certificateAge = 365 * 24 * time.Hour // of one that is made anew with each start
	clockSkew      = time.Hour            // how far a client's clock may be behind
	privateMode    = 0o600
	publicMode     = 0o644
)

// LoadCertificate reads a certificate, with those that follow it in its chain, and its key, both in PEM.
func LoadCertificate(certFile, keyFile string, now time.Time) (tls.Certificate, error) {
	pair, err := loadPair(certFile, keyFile)
	if err != nil {
		return tls.Certificate{}, err
	}
	if err := checkAge(certFile, pair.Leaf, now); err != nil {
		return tls.Certificate{}, err
	}
	return pair, nil
}

func loadPair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read certificate: %w", err)
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("read key: %w", err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s and %s are not a certificate and its key in PEM: %w", certFile, keyFile, err)
	}
	return pair, nil
}

func checkAge(file string, c *x509.Certificate, now time.Time) error {
	switch {
	case now.After(c.NotAfter):
		return fmt.Errorf("certificate %s expired on %s: make a new one", file, c.NotAfter.Format(time.DateOnly))
	case now.Before(c.NotBefore):
		return fmt.Errorf("certificate %s is valid from %s on: check this machine's clock", file, c.NotBefore.Format(time.RFC3339))
	}
	return nil
}

// Authority is a certificate authority that signs this machine's certificates. It is kept in two files: a public one, which
// clients are given, and a private one beside it, which holds the key and the certificate and is the truth of both. Its
// certificate allows it to sign for loopback only, and for the hosts it was made for, so that a key that gets into the
// wrong hands is good for nothing else.
type Authority struct {
	private string // the file
	pair    tls.Certificate
}

// OpenAuthority reads the authority whose certificate is in a file, and makes it where there is none. Several processes may
// do so at once: all get the same.
func OpenAuthority(file string, hosts []string, now time.Time) (*Authority, error) {
	extension := filepath.Ext(file)
	a := &Authority{private: strings.TrimSuffix(file, extension) + "-key" + extension}
	_, public := os.Stat(file) // before the key, which another start writes first
	switch _, err := os.Stat(a.private); {
	case errors.Is(err, fs.ErrNotExist):
		if public == nil {
			return nil, fmt.Errorf("%s is there, but not its key %s: remove it, or name another file", file, a.private)
		}
		if err := makeAuthority(a.private, hosts, now); err != nil {
			return nil, fmt.Errorf("make certificate authority %s: %w", a.private, err)
		}
	case err != nil:
		return nil, fmt.Errorf("read certificate authority: %w", err)
	}
	if err := a.read(now); err != nil {
		return nil, err
	}
	return a, a.publish(file)
}

// read reads the private file.
func (a *Authority) read(now time.Time) error {
	info, err := os.Stat(a.private)
	if err != nil {
		return fmt.Errorf("read certificate authority: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("the key %s is open to others (mode %#o): take that away with chmod 600", a.private, mode)
	}
	if a.pair, err = loadPair(a.private, a.private); err != nil {
		return err
	}
	return checkAge(a.private, a.pair.Leaf, now)
}

// publish writes the public file where it is not there. One that is there may hold more than this certificate.
func (a *Authority) publish(file string) error {
	public := encodePEM("CERTIFICATE", a.pair.Leaf.Raw)
	there, err := os.ReadFile(file)
	switch {
	case err == nil && bytes.Contains(there, bytes.TrimSpace(public)):
		return nil
	case err == nil:
		return fmt.Errorf("%s does not hold the certificate of %s: remove one of them, or name another file", file, a.private)
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read certificate authority: %w", err)
	}
	err = writeNew(file, public, publicMode)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write certificate authority: %w", err)
	}
	return nil
}

// makeAuthority writes a new private file, unless another process was faster.
func makeAuthority(file string, hosts []string, now time.Time) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	template := &x509.Certificate{
		Subject:   pkix.Name{CommonName: "wavetank on this machine", Organization: []string{"wavetank"}},
		NotBefore: now.Add(-clockSkew), NotAfter: now.Add(authorityAge),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true, IsCA: true, MaxPathLenZero: true,
		PermittedDNSDomainsCritical: true,
	}
	template.PermittedDNSDomains, template.PermittedIPRanges = permitted(hosts)
	pair, err := issue(template, nil)
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		return err
	}
	text := append(encodePEM("PRIVATE KEY", key), encodePEM("CERTIFICATE", pair.Certificate[0])...)
	if err := writeNew(file, text, privateMode); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// Certificate makes a certificate for loopback and for hosts, each a name or an address.
func (a *Authority) Certificate(hosts []string, now time.Time) (tls.Certificate, error) {
	names, addresses := namesOf(hosts)
	pair, err := issue(&x509.Certificate{
		Subject:   pkix.Name{CommonName: "wavetank serve"},
		NotBefore: now.Add(-clockSkew), NotAfter: now.Add(certificateAge),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: names, IPAddresses: addresses,
	}, &a.pair)
	if err != nil {
		return pair, fmt.Errorf("make certificate: %w", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.pair.Leaf)
	if _, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now}); err != nil {
		return pair, fmt.Errorf("the certificate authority %s may not sign for %s: remove it, or name another file: %w",
			a.private, strings.Join(hosts, ", "), err)
	}
	return pair, nil
}

// issue makes a key and has its certificate signed; without an authority it signs itself.
func issue(template *x509.Certificate, by *tls.Certificate) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return tls.Certificate{}, err
	}
	parent, signer := template, any(key)
	chain := [][]byte(nil)
	if by != nil {
		parent, signer, chain = by.Leaf, by.PrivateKey, by.Certificate
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(raw)
	return tls.Certificate{Certificate: append([][]byte{raw}, chain...), PrivateKey: key, Leaf: leaf}, err
}
