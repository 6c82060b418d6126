package probe

import (
	"cmp"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// kept is how many built programs stay in the cache.
const kept = 4

// build makes the program with the Go toolchain and returns its file in the cache. It is made once for each running
// executable: a newer wavetank makes a newer probe.
func (o PackageOptions) build(ctx context.Context, arch string) (path, how string, err error) {
	id, err := contentID(o.Executable)
	if err != nil {
		return "", "", err
	}
	path = filepath.Join(o.Cache, "bootstrap-"+arch+"-"+id)
	if runsInLambda(path, arch, o.Program) == nil {
		return path, "built before for linux/" + arch, nil
	}
	if _, err := exec.LookPath(o.Go); err != nil {
		return "", "", errors.New("there is no Go toolchain to build one")
	}
	if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		return "", "", fmt.Errorf("make cache: %w", err)
	}
	work, err := os.MkdirTemp(o.Cache, "building-")
	if err != nil {
		return "", "", fmt.Errorf("make cache: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	made := filepath.Join(work, "bootstrap")
	how = "built for linux/" + arch + " from the module here"
	if err := o.goBuild(ctx, goBuild{dir: o.Dir, arch: arch, out: made}); err != nil {
		module, version := o.release()
		if version == "" {
			return "", "", err
		}
		how = fmt.Sprintf("built for linux/%s from %s@%s", arch, module, version)
		if err := o.buildRelease(ctx, goBuild{dir: work, arch: arch, out: made}, module, version); err != nil {
			return "", "", err
		}
	}
	if err := os.Rename(made, path); err != nil {
		return "", "", fmt.Errorf("keep built program: %w", err)
	}
	return path, how, o.prune()
}

// goBuild is one call of go build.
type goBuild struct {
	dir, arch, out string
	flags          []string
}

func (o PackageOptions) goBuild(ctx context.Context, b goBuild) error {
	args := append([]string{"build", "-trimpath", "-ldflags=-s -w", "-o", b.out}, b.flags...)
	cmd := exec.CommandContext(ctx, o.Go, append(args, o.Program)...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+b.arch, "GOAMD64=v1", "GOARM64=v8.0", "PWD="+b.dir)
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build %s: %w: %s", o.Program, err, firstLine(said))
	}
	return nil
}

// firstLine is the first line that tells something: go build heads what it says of a package with a # and its name.
func firstLine(said []byte) string {
	for line := range strings.Lines(string(said)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "# ") {
			return line
		}
	}
	return "it said nothing"
}

// release is the published version of the module that the running program was built from; version is "" where it was
// built from files that are published nowhere.
func (o PackageOptions) release() (module, version string) {
	info, err := buildinfo.ReadFile(o.Executable)
	if err != nil {
		return "", ""
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path != o.Program && !strings.HasPrefix(o.Program, m.Path+"/") || m.Path == "" {
			continue
		}
		if m.Replace == nil && strings.HasPrefix(m.Version, "v") && !strings.Contains(m.Version, "+dirty") {
			return m.Path, m.Version
		}
	}
	return "", ""
}

// buildRelease builds a published version, in a module of its own that requires nothing else.
func (o PackageOptions) buildRelease(ctx context.Context, b goBuild, module, version string) error {
	text := fmt.Sprintf("module bootstrap\n\nrequire %s %s\n", module, version)
	if err := os.WriteFile(filepath.Join(b.dir, "go.mod"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("write go.mod: %w", err)
	}
	b.flags = []string{"-mod=mod"}
	return o.goBuild(ctx, b)
}

// prune removes all but the latest programs from the cache.
func (o PackageOptions) prune() error {
	paths, err := filepath.Glob(filepath.Join(o.Cache, "bootstrap-*"))
	if err != nil {
		return fmt.Errorf("prune cache: %w", err)
	}
	age := func(path string) int64 {
		if info, err := os.Stat(path); err == nil {
			return -info.ModTime().UnixNano()
		}
		return 0
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Compare(age(a), age(b)) })
	for _, old := range paths[min(kept, len(paths)):] {
		if err := os.Remove(old); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("prune cache: %w", err)
		}
	}
	return nil
}

// contentID names a file by its content.
func contentID(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read running program: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read running program: %w", err)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12]), nil
}
