// Command reaper removes what a test left in Docker. It stands in for testcontainers/ryuk and speaks its protocol: it
// listens on port 8080, prints "Started", reads lines of filters ("label=a=b&label=c=d") and answers each with ACK. Once
// no client has been connected for a while it removes the containers, networks, volumes and images that match a line.
//
// RYUK_PORT, RYUK_CONNECTION_TIMEOUT (1m: how long it waits for a first client) and RYUK_RECONNECTION_TIMEOUT (10s: how
// long for another one) are as in ryuk.
package main

import (
	"cmp"
	"log"
	"net"
	"os"
	"time"
)

func main() {
	listener, err := net.Listen("tcp", ":"+cmp.Or(os.Getenv("RYUK_PORT"), "8080"))
	if err != nil {
		log.Fatal(err)
	}
	log.Print("Started") // testcontainers waits for this word
	s := newSessions(duration("RYUK_CONNECTION_TIMEOUT", time.Minute), duration("RYUK_RECONNECTION_TIMEOUT", 10*time.Second))
	go s.accept(listener) // ends with the process
	for _, f := range s.wait() {
		remove(newDocker("/var/run/docker.sock"), f)
	}
}

func duration(name string, unset time.Duration) time.Duration {
	s := os.Getenv(name)
	if s == "" {
		return unset
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return d
}
