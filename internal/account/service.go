package account

import (
	"context"
)

// service is what the cleaner does with one kind of resource.
type service interface {
	// named lists what bears a name with the prefix. It may say more of a resource than its name.
	named(ctx context.Context, prefix string) ([]Resource, error)
	// tags reads a resource's tags; errGone where it is not there.
	tags(ctx context.Context, r Resource) (map[string]string, error)
	// remove deletes a resource with all that is in it. Where it is bare, it is empty, or it is not deleted.
	remove(ctx context.Context, r Resource, bare bool) error
}

// scope is what all services share: where they are asked.
type scope struct {
	*Clients
	patience

	account string
}

func (s *scope) services() map[Kind]service {
	functions := functionService{s}
	streams := streamService{s}
	return map[Kind]service{
		Mapping:        mappingService{s, functions, streams},
		Function:       functions,
		DeliveryStream: deliveryStreamService{s},
		Stream:         streams,
		Bucket:         bucketService{s},
		Role:           roleService{s},
		LogGroup:       logGroupService{s},
	}
}

// resource is something of the scope's account and region.
func (s *scope) resource(kind Kind, name string) Resource {
	return Resource{Kind: kind, Name: name, Region: s.region, Account: s.account}
}

// pages calls next until it says that there is no more, or fails.
func pages(what string, next func() (more bool, err error)) error {
	for range maxPages {
		more, err := next()
		if err != nil || !more {
			return err
		}
	}
	return errPages(what)
}
