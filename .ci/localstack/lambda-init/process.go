package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// process is one life of the function's program.
type process struct {
	next   chan *invocation // the invocations it asks for; its own, so that no dead process takes one
	asked  chan struct{}    // closed when it first asks
	once   sync.Once        // closes asked
	exited chan struct{}    // closed when it is gone; why is set then
	why    failure
	kill   func()
}

func newProcess() *process {
	return &process{next: make(chan *invocation), asked: make(chan struct{}), exited: make(chan struct{}), kill: func() {}}
}

// start starts the first of the paths that is a file, and tells it where its Runtime API is. A program that cannot start
// is one that has already exited.
func start(out *os.File, api string, paths ...string) *process {
	p := newProcess()
	fail := func(format string, args ...any) *process {
		p.why = failure{"Runtime.InvalidEntrypoint", fmt.Sprintf(format, args...)}
		close(p.exited)
		return p
	}
	path := ""
	for _, s := range paths {
		if info, err := os.Stat(s); err == nil && info.Mode().IsRegular() {
			path = s
			break
		}
	}
	if path == "" {
		return fail("Couldn't find valid bootstrap(s): [%s]", strings.Join(paths, " "))
	}
	c := exec.Command(path)
	c.Dir = os.Getenv("LAMBDA_TASK_ROOT")
	c.Env = append(os.Environ(), "AWS_LAMBDA_RUNTIME_API="+api)
	c.Stdout, c.Stderr = out, out
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its children can be killed with it
	if err := c.Start(); err != nil {
		return fail("%v", err)
	}
	p.kill = func() {
		if err := syscall.Kill(-c.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			log.Printf("kill the function: %v", err)
		}
	}
	go func() {
		status := "exit status 0"
		if err := c.Wait(); err != nil {
			status = err.Error()
		}
		p.why = failure{"Runtime.ExitError", "Runtime exited with error: " + status}
		close(p.exited)
	}()
	return p
}
