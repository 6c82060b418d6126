package probe

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// tiny is the program that the tests package: it imports nothing, so that only Go's runtime is compiled for another
// architecture.
const tiny = "example.com/tiny/cmd/tiny"

// other is the architecture of Lambda that this machine does not have.
var other = map[string]string{"amd64": "arm64"}[runtime.GOARCH]

func init() { other = cmp.Or(other, "amd64") }

// tinyModule writes the module of tiny, whose program says a word.
func tinyModule(t *testing.T, source string) (dir string) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no Go toolchain")
	}
	dir = t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/tiny\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "cmd", "tiny", "main.go"), source)
	return dir
}

const tinySource = "package main\n\nfunc main() { println(`here`) }\n"

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// buildTiny builds tiny for Linux as go build does, with debug information.
func buildTiny(t *testing.T, dir string, env ...string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "tiny")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", path, tiny)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{"GOOS=linux", "PWD=" + dir}, env...)...)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return path
}

// unzip takes the program out of a package, and checks that it is alone in it.
func unzip(t *testing.T, zipped []byte) (path string) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.File) != 1 || r.File[0].Name != "bootstrap" || r.File[0].Mode() != 0o755 {
		t.Fatalf("the package has %d files, the first %+v", len(r.File), r.File[0].FileHeader)
	}
	f, err := r.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	program, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// says runs a program where this machine can.
func says(t *testing.T, path string) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH == other {
		return
	}
	said, err := exec.CommandContext(t.Context(), path).CombinedOutput()
	if err != nil || string(said) != "here\n" {
		t.Errorf("the packaged program: %v: %s", err, said)
	}
}

func TestPackageRunningProgram(t *testing.T) {
	arch := runtime.GOARCH
	exe := buildTiny(t, tinyModule(t, tinySource), "CGO_ENABLED=0", "GOARCH="+arch)
	o := PackageOptions{Program: tiny, Executable: exe, Dir: t.TempDir(), Go: "no-such-go", Cache: t.TempDir()}
	zipped, how, err := Package(t.Context(), arch, o)
	if err != nil || how != "the running program" {
		t.Fatalf("made from %s: %v", how, err)
	}
	path := unzip(t, zipped)
	says(t, path)
	if err := runsInLambda(path, arch, tiny); err != nil {
		t.Errorf("the stripped program: %v", err)
	}
	before, after := size(t, exe), size(t, path)
	if after >= before*3/4 {
		t.Errorf("the program has %d bytes, stripped %d", before, after)
	}
	if again, _, err := Package(t.Context(), arch, o); err != nil || !bytes.Equal(again, zipped) {
		t.Errorf("one program makes two packages: %v", err)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// TestPackageDynamicProgram builds one, since the running one needs shared libraries.
func TestPackageDynamicProgram(t *testing.T) {
	dir := tinyModule(t, "package main\n\nimport \"C\"\n\nfunc main() { println(`here`) }\n")
	if _, err := exec.LookPath("gcc"); err != nil || runtime.GOOS != "linux" || runtime.GOARCH == other {
		t.Skip("there is no C compiler for Linux")
	}
	exe := buildTiny(t, dir, "CGO_ENABLED=1")
	if err := runsInLambda(exe, runtime.GOARCH, tiny); err == nil || !strings.Contains(err.Error(), "is dynamically linked") {
		t.Fatalf("a program with cgo: %v", err)
	}
	zipped, how, err := Package(t.Context(), runtime.GOARCH, PackageOptions{
		Program: tiny, Executable: exe, Dir: tinyModule(t, tinySource), Cache: t.TempDir(),
	})
	if err != nil || how != "built for linux/"+runtime.GOARCH+" from the module here" {
		t.Fatalf("made from %s: %v", how, err)
	}
	says(t, unzip(t, zipped))
}

// TestPackageForAnotherArchitecture builds once, and then has it in the cache, by both names of the architecture.
func TestPackageForAnotherArchitecture(t *testing.T) {
	exe, err := os.Executable() // of these tests, which is not tiny either
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	for n := range kept + 2 {
		write(t, filepath.Join(cache, fmt.Sprint("bootstrap-", other, "-old", n)), "old")
	}
	o := PackageOptions{Program: tiny, Executable: exe, Dir: tinyModule(t, tinySource), Cache: cache}
	zipped, how, err := Package(t.Context(), other, o)
	if err != nil || how != "built for linux/"+other+" from the module here" {
		t.Fatalf("made from %s: %v", how, err)
	}
	f, err := elf.Open(unzip(t, zipped))
	if err != nil || f.Machine != machines[other] {
		t.Errorf("the package has a program for %v: %v", f.Machine, err)
	}
	o.Go = "no-such-go"
	again, how, err := Package(t.Context(), map[string]string{"amd64": "x86_64", "arm64": "arm64"}[other], o)
	if err != nil || how != "built before for linux/"+other || !bytes.Equal(again, zipped) {
		t.Errorf("made again from %s: %v", how, err)
	}
	if left, err := os.ReadDir(cache); err != nil || len(left) != kept {
		t.Errorf("the cache has %v, %v; want %d programs", left, err, kept)
	}
}

// TestPackageRelease builds the version that the running program is, from a module proxy in a folder.
func TestPackageRelease(t *testing.T) {
	module := tinyModule(t, tinySource)
	proxy := filepath.Join(t.TempDir(), "example.com", "tiny", "@v")
	write(t, filepath.Join(proxy, "list"), "v1.2.3\n")
	write(t, filepath.Join(proxy, "v1.2.3.info"), `{"Version":"v1.2.3"}`)
	write(t, filepath.Join(proxy, "v1.2.3.mod"), "module example.com/tiny\n\ngo 1.26\n")
	writeZip(t, filepath.Join(proxy, "v1.2.3.zip"), module, "example.com/tiny@v1.2.3/")
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(filepath.Dir(filepath.Dir(filepath.Dir(proxy)))))
	t.Setenv("GONOSUMDB", "example.com")
	t.Setenv("GOMODCACHE", filepath.Join(t.TempDir(), "mod"))
	t.Setenv("GOFLAGS", "-modcacherw") // so that the test can remove it

	here := t.TempDir()
	write(t, filepath.Join(here, "go.mod"), "module here\n\ngo 1.26\n\nrequire example.com/tiny v1.2.3\n")
	exe := buildTiny(t, here, "CGO_ENABLED=0", "GOARCH="+other, "GOFLAGS=-modcacherw -mod=mod")
	_, how, err := Package(t.Context(), runtime.GOARCH, PackageOptions{Program: tiny, Executable: exe, Dir: t.TempDir(), Cache: t.TempDir()})
	if err != nil || how != "built for linux/"+runtime.GOARCH+" from example.com/tiny@v1.2.3" {
		t.Errorf("made from %s: %v", how, err)
	}
}

// writeZip writes a folder as a module's zip file.
func writeZip(t *testing.T, path, dir, prefix string) {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"go.mod", "cmd/tiny/main.go"} {
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		f, err := w.Create(prefix + name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, path, b.String())
}

func TestPackageRefuses(t *testing.T) {
	module := tinyModule(t, tinySource)
	exe := buildTiny(t, module, "CGO_ENABLED=0", "GOARCH="+other)
	text := filepath.Join(t.TempDir(), "text")
	write(t, text, "no program")
	broken := tinyModule(t, "package main\n\nfunc main() { undefined() }\n")
	rows := []struct {
		name, arch string
		o          PackageOptions
		want       []string
	}{
		{"an architecture Lambda has not", "riscv64", PackageOptions{}, []string{`"riscv64": want x86_64 (amd64) or arm64`}},
		{
			"no toolchain", runtime.GOARCH,
			PackageOptions{Executable: exe, Dir: module, Go: "no-such-go"},
			[]string{"is a program for", "there is no Go toolchain", "install Go", "build wavetank with CGO_ENABLED=0 GOOS=linux GOARCH=" + runtime.GOARCH},
		},
		{"no module", runtime.GOARCH, PackageOptions{Executable: exe, Dir: t.TempDir()}, []string{"go build " + tiny, "run in a module with " + tiny}},
		{"a module that does not compile", runtime.GOARCH, PackageOptions{Executable: exe, Dir: broken}, []string{"undefined: undefined"}},
		{"no program", runtime.GOARCH, PackageOptions{Executable: text, Dir: module, Go: "no-such-go"}, []string{"was not built by Go"}},
		{"another program", other, PackageOptions{Executable: exe, Dir: module, Go: "no-such-go", Program: "example.com/tiny/cmd/other"}, []string{"is example.com/tiny/cmd/tiny and not"}},
		{"nothing there", runtime.GOARCH, PackageOptions{Executable: filepath.Join(t.TempDir(), "gone"), Dir: module}, []string{"gone: no such file"}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			row.o.Cache = t.TempDir()
			row.o.Program = cmp.Or(row.o.Program, tiny)
			_, _, err := Package(t.Context(), row.arch, row.o)
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want one line", err)
			}
			for _, want := range row.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %v\nwant %q in it", err, want)
				}
			}
			if left, err := os.ReadDir(row.o.Cache); err != nil || len(left) > 0 {
				t.Errorf("the cache has %v, %v", left, err)
			}
		})
	}
	t.Run("a build that is ended", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := Package(ctx, runtime.GOARCH, PackageOptions{Program: tiny, Executable: exe, Dir: module, Cache: t.TempDir()}); err == nil {
			t.Error("it was made")
		}
	})
}

func TestFits(t *testing.T) {
	for _, row := range []struct {
		program, zipped int
		ok              bool
	}{{MaxUnzipped, MaxZipped, true}, {MaxUnzipped + 1, 1, false}, {1, MaxZipped + 1, false}} {
		if err := fits(row.program, row.zipped); (err == nil) != row.ok {
			t.Errorf("%d bytes, zipped %d: %v", row.program, row.zipped, err)
		}
	}
}
