package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"time"
)

// rounds is how often remove looks, at most: a container that is about to go may start another one before it does.
const rounds = 10

// docker calls the Docker Engine API.
type docker struct{ http.Client }

func newDocker(socket string) *docker {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", socket)
	}
	return &docker{http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: dial}}}
}

// remove removes everything that matches the filters, and looks again until there is nothing.
func remove(d *docker, filters url.Values) {
	for range rounds {
		if d.round(filters) == 0 {
			return
		}
		time.Sleep(time.Second)
	}
	log.Printf("gave up: something still matches %v", filters)
}

// round removes what there is now and says how much that was. Containers go first: they hold the rest.
func (d *docker) round(filters url.Values) int {
	q, err := json.Marshal(filters)
	if err != nil {
		log.Fatal(err)
	}
	list := "filters=" + url.QueryEscape(string(q))
	type entry struct {
		ID   string `json:"Id"`
		Name string
	}
	var containers, networks, images []entry
	var volumes struct{ Volumes []entry }
	d.list("/containers/json?all=1&"+list, &containers)
	found := len(containers)
	for _, c := range containers {
		d.remove("/containers/" + c.ID + "?force=1&v=1")
	}
	d.list("/networks?"+list, &networks)
	for _, n := range networks {
		d.remove("/networks/" + n.ID)
	}
	d.list("/volumes?"+list, &volumes)
	for _, v := range volumes.Volumes {
		d.remove("/volumes/" + v.Name + "?force=1")
	}
	d.list("/images/json?"+list, &images)
	for _, i := range images {
		d.remove("/images/" + i.ID + "?force=1")
	}
	return found + len(networks) + len(volumes.Volumes) + len(images)
}

func (d *docker) list(path string, into any) {
	body, err := d.call(http.MethodGet, path)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		log.Printf("list: %v", err)
	}
}

func (d *docker) remove(path string) {
	_, err := d.call(http.MethodDelete, path)
	if err != nil {
		log.Printf("remove: %v", err)
		return
	}
	log.Printf("removed %s", path)
}

func (d *docker) call(method, path string) ([]byte, error) {
	req, err := http.NewRequest(method, "http://docker"+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := d.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, body)
	}
	return body, err
}
