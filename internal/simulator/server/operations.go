package server

import (
	"maps"
	"slices"
)

// Operations are the names of the operations that are answered, as a fault hook sees them: each once, sorted.
func Operations() []string {
	all := map[string]bool{}
	for _, of := range []map[string]operation{kinesisOperations, firehoseOperations} {
		for name := range of {
			all[name] = true
		}
	}
	for i := range lambdaRoutes {
		all[lambdaRoutes[i].name] = all[lambdaRoutes[i].name] || lambdaRoutes[i].do != nil
	}
	for i := range s3Routes {
		all[s3Routes[i].name] = all[s3Routes[i].name] || s3Routes[i].do != nil
	}
	maps.DeleteFunc(all, func(_ string, answered bool) bool { return !answered })
	return slices.Sorted(maps.Keys(all))
}
