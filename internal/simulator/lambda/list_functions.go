package lambda

import (
	"maps"
	"slices"
)

// ListFunctionsInput pages through the functions.
type ListFunctionsInput struct {
	Marker   string // NextMarker of the page before
	MaxItems *int   // 1 to 10,000; nil is 50, and no page holds more (SDK ListFunctions)
}

// ListFunctionsOutput is one page, in the order of the names.
type ListFunctionsOutput struct {
	Functions  []*FunctionConfiguration
	NextMarker string `json:",omitempty"`
}

// ListFunctions lists the functions by name.
func (s *Service) ListFunctions(in ListFunctionsInput) (*ListFunctionsOutput, error) {
	most, err := pageSize(in.MaxItems, 50)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	names := slices.Sorted(maps.Keys(s.functions))
	first, found := slices.BinarySearch(names, in.Marker)
	if found {
		first++
	}
	names = names[first:]
	out := &ListFunctionsOutput{Functions: []*FunctionConfiguration{}}
	for _, n := range names[:min(most, len(names))] {
		out.Functions = append(out.Functions, s.functions[n].config)
	}
	if len(names) > most {
		out.NextMarker = names[most-1]
	}
	return out, nil
}

// pageSize checks a MaxItems against the API's bounds; no page is larger than most.
func pageSize(asked *int, most int) (int, error) {
	n := or(asked, most)
	if err := within(n, "maxItems", 1, 10_000); err != nil {
		return 0, err
	}
	return min(n, most), nil
}
