package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// confirm asks a person a question whose answer is no unless yes is said. Without a terminal there is nobody to ask.
func confirm(ctx context.Context, e env, question string) error {
	file, ok := e.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return usage(fmt.Errorf("%s there is no terminal to ask at: say --yes", question))
	}
	fmt.Fprintf(e.stderr, "\n%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() { // reading a terminal cannot be ended: after ^C this goes with the program
		line, _ := bufio.NewReader(file).ReadString('\n') // nothing is no
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		return &exit{code: exitInterrupted}
	case a := <-answer:
		if a == "y" || a == "yes" {
			return nil
		}
	}
	return errors.New("nothing was done")
}
