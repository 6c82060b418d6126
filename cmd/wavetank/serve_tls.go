package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"time"

	"github.com/wavetank/wavetank/internal/simulator/server"
)

// tlsFlags say what clients of https are shown.
type tlsFlags struct {
	cert, key string // files of the user's own certificate
	authority string // the file of the authority that signs one otherwise; "" is the default place
}

// secured is what clients of https are shown, and what the banner says of it.
type secured struct {
	certificate *tls.Certificate // nil: there is no https
	authority   string           // the file that clients are to trust; "" with a certificate of the user's own
	off         string           // why there is no https
}

func (f *tlsFlags) check() error {
	switch {
	case (f.cert == "") != (f.key == ""):
		return errors.New("--tls-cert and --tls-key go together: want the files of a certificate and of its key")
	case f.cert != "" && f.authority != "":
		return errors.New("--ca-file is for a certificate that wavetank makes: leave it out, or --tls-cert and --tls-key")
	}
	return nil
}

// open reads or makes the certificate. Who asked for nothing is served without TLS where none can be made.
func (f *tlsFlags) open(e env, now time.Time) (*secured, error) {
	if f.cert != "" {
		pair, err := server.LoadCertificate(f.cert, f.key, now)
		if err != nil {
			return nil, usage(fmt.Errorf("--tls-cert: %w", err))
		}
		return &secured{certificate: &pair}, nil
	}
	file := cmp.Or(f.authority, defaultAuthority(e))
	if file == "" {
		return &secured{off: "there is no home folder to keep a certificate authority in; name a file with --ca-file"}, nil
	}
	file, err := filepath.Abs(file) // clients may be started elsewhere
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	pair, err := signed(file, now)
	switch {
	case err == nil:
		return &secured{certificate: &pair, authority: file}, nil
	case f.authority != "":
		return nil, usage(fmt.Errorf("--ca-file: %w", err))
	}
	return &secured{off: err.Error()}, nil
}

// listen serves with TLS as well, where that can be.
func (s *secured) listen(ctx context.Context, addr string, h http.Handler, logger *slog.Logger) (*server.Listener, error) {
	if s.certificate == nil {
		return server.Listen(ctx, addr, h, logger)
	}
	return server.ListenTLS(ctx, addr, h, logger, *s.certificate)
}

// signed is a certificate for loopback by the authority in a file.
func signed(file string, now time.Time) (tls.Certificate, error) {
	authority, err := server.OpenAuthority(file, nil, now)
	if err != nil {
		return tls.Certificate{}, err
	}
	return authority.Certificate(nil, now)
}

// defaultAuthority is where the authority is kept: among the settings, because clients remember it, and a cache may be
// emptied.
func defaultAuthority(e env) string {
	settings := cmp.Or(e.getenv("XDG_CONFIG_HOME"), e.getenv("APPDATA"))
	if home := e.getenv("HOME"); settings == "" && home != "" {
		settings = filepath.Join(home, ".config")
	}
	if settings == "" {
		return ""
	}
	return filepath.Join(settings, "wavetank", "ca.pem")
}
