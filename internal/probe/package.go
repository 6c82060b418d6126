package probe

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Lambda's limits on a function's code (gettingstarted-limits): in a zip file that is uploaded directly, and unpacked.
const (
	MaxZipped   = 50 << 20
	MaxUnzipped = 250 << 20
)

// Program is the package whose main calls Main where it runs as a function.
const Program = "github.com/wavetank/wavetank/cmd/wavetank"

// PackageOptions say where Package finds things. The zero value is right for the running program.
type PackageOptions struct {
	Program    string // package path of the program; default Program
	Executable string // the file that is running; default os.Executable
	Dir        string // where the module is looked for that holds or requires Program; default the current directory
	Go         string // the go command; default "go"
	Cache      string // folder for built programs, of which the latest 4 are kept; default wavetank/probe in the user's cache
}

// Package makes the code of a function with runtime provided.al2023: a zip file with the program as bootstrap, without
// its symbols. arch is x86_64 or amd64, or arm64. The same program gives the same bytes. how says in a few words
// where the program is from.
//
// The running executable is taken where it can run in Lambda: statically linked, for Linux and the architecture. Built with
// cgo it is dynamically linked, as go build and go run do where they find a C compiler. Then the Go toolchain builds one: from
// the module in Dir, or where that does not hold the program from the version that the running one says it is. Where
// nothing helps, the error says why and what does. ctx ends a build.
func Package(ctx context.Context, arch string, o PackageOptions) (zipped []byte, how string, err error) {
	arch, err = goArch(arch)
	if err != nil {
		return nil, "", fmt.Errorf("package probe: %w", err)
	}
	if o, err = o.withDefaults(); err != nil {
		return nil, "", fmt.Errorf("package probe: %w", err)
	}
	path, how := o.Executable, "the running program"
	if no := runsInLambda(path, arch, o.Program); no != nil {
		if path, how, err = o.build(ctx, arch); err != nil {
			return nil, "", fmt.Errorf("package probe for linux/%s: %w, and %w: install Go and run in a module with %s, "+
				"or build wavetank with CGO_ENABLED=0 GOOS=linux GOARCH=%s", arch, no, err, o.Program, arch)
		}
	}
	program, err := stripped(path)
	if err != nil {
		return nil, "", fmt.Errorf("package probe: %w", err)
	}
	zipped, err = bootstrap(program)
	if err != nil {
		return nil, "", fmt.Errorf("package probe: %w", err)
	}
	if err := fits(len(program), len(zipped)); err != nil {
		return nil, "", err
	}
	return zipped, how, nil
}

// fits checks a program's sizes, in bytes, against Lambda's limits.
func fits(program, zipped int) error {
	if program > MaxUnzipped || zipped > MaxZipped {
		return fmt.Errorf("package probe: the program has %.1f MiB, %.1f MiB zipped; Lambda takes %d and %d: build it without what it does not need",
			float64(program)/(1<<20), float64(zipped)/(1<<20), MaxUnzipped>>20, MaxZipped>>20)
	}
	return nil
}

func (o PackageOptions) withDefaults() (PackageOptions, error) {
	var err error
	if o.Program == "" {
		o.Program = Program
	}
	if o.Executable == "" {
		if o.Executable, err = os.Executable(); err != nil {
			return o, fmt.Errorf("find running program: %w", err)
		}
	}
	if o.Dir == "" {
		if o.Dir, err = os.Getwd(); err != nil {
			return o, fmt.Errorf("find module: %w", err)
		}
	}
	if o.Go == "" {
		o.Go = "go"
	}
	if o.Cache == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return o, fmt.Errorf("find cache: %w", err)
		}
		o.Cache = filepath.Join(cache, "wavetank", "probe")
	}
	return o, nil
}

// bootstrap zips a program under the name that Lambda starts. The date is the earliest that zip files know.
func bootstrap(program []byte) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	h.SetMode(0o755)
	file, err := w.CreateHeader(h)
	if err != nil {
		return nil, fmt.Errorf("zip program: %w", err)
	}
	if _, err := file.Write(program); err != nil {
		return nil, fmt.Errorf("zip program: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("zip program: %w", err)
	}
	return b.Bytes(), nil
}
