package server

import (
	"reflect"
	"strings"
	"sync"
)

// cborMember is a member of a structure: the Go field by the name it has in JSON.
type cborMember struct {
	name      string
	index     []int
	omitzero  bool
	omitempty bool
}

var cborMembers sync.Map // of reflect.Type: []cborMember

// cborMembersOf are the members of a type of structures, as its JSON has them.
func cborMembersOf(t reflect.Type) []cborMember {
	if known, ok := cborMembers.Load(t); ok {
		return known.([]cborMember)
	}
	var members []cborMember
	for _, f := range reflect.VisibleFields(t) {
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case !f.IsExported(), f.Anonymous && !tagged, tag == "-":
			continue // the members of an embedded structure are visible fields of their own
		case name == "":
			name = f.Name
		}
		members = append(members, cborMember{
			name: name, index: f.Index,
			omitzero: strings.Contains(options, "omitzero"), omitempty: strings.Contains(options, "omitempty"),
		})
	}
	cborMembers.Store(t, members)
	return members
}
