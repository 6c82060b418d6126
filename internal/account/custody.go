package account

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/wavetank/wavetank/scenarios"
)

// CustodyConfig is what one run's custody is made of. Run, Clients, Account and Journals are needed.
type CustodyConfig struct {
	Run      Run
	Clients  *Clients
	Account  string // of the clients' credentials, see Clients.Caller; 12 digits
	Journals string // the folder of journals
	Deny     *Deny  // what is never made; nil is nothing

	// Scenario is what is run: what it names under existing is called as it is there, and the roles may read those of its
	// streams that something made reads. Nil names nothing.
	Scenario *scenarios.Scenario

	// Wait waits between two tries of a call until the time is over or the context ends, which is its error. Nil waits by
	// the wall's clock.
	Wait func(context.Context, time.Duration) error
}

// Custody is what one run makes in an account: it names it, has it in the journal before it is made, makes what AWS needs
// beside the pipeline (roles and log groups), and deletes all of it at the end. Whoever makes the pipeline knows kinds as
// text, see Kind. Its methods are called one after another.
type Custody struct {
	config   CustodyConfig
	journal  *Journal
	scope    *scope
	patience patience
}

// OpenCustody opens the run's journal. The error is ErrLive where another process has it open.
func OpenCustody(c CustodyConfig) (*Custody, error) {
	j, err := OpenJournal(c.Journals, c.Run)
	if err != nil {
		return nil, err
	}
	p := patience{wait: c.Wait}
	return &Custody{config: c, journal: j, scope: &scope{Clients: c.Clients, patience: p, account: c.Account}, patience: p}, nil
}

// Name is what a resource is called: as the run calls it, or as it is called already. A mapping's base is
// function/stream, of the names in the scenario.
func (c *Custody) Name(kind, base string) string {
	if Kind(kind) == Mapping {
		function, stream, _ := strings.Cut(base, "/")
		return MappingName(c.Name(string(Function), function), c.Name(string(Stream), stream))
	}
	return called(c.config.Scenario, c.config.Run, Kind(kind), base)
}

// Tags are what everything is tagged with.
func (c *Custody) Tags() map[string]string { return c.config.Run.Tags() }

// Make has a resource made by create, which returns its ARN where it is told one. The resource is in the journal before
// create is called, and is taken off it only where the service refused. What passes is tried again for a minute and a
// half: a limit, or a role that was made a moment ago and cannot be assumed yet. The end of ctx does not cut create short,
// so that what it made is known; it ends the trying.
func (c *Custody) Make(ctx context.Context, kind, name string, create func(context.Context) (arn string, err error)) error {
	r := c.scope.resource(Kind(kind), name)
	cleaner := Cleaner{config: CleanerConfig{Account: c.config.Account, Deny: c.config.Deny}}
	if err := errors.Join(ctx.Err(), cleaner.deny(r)); err != nil {
		return err
	}
	if err := c.journal.Will(r); err != nil {
		return err
	}
	var err error
	pause := makePause
	for range makeAttempts {
		if r.ARN, err = uncut(ctx, create); err == nil {
			return c.journal.Made(r)
		}
		if !refused(err) {
			return plain(err) // whether it is there now nobody knows: it stays in the journal
		}
		if !unready(err) && !throttled(err) {
			break
		}
		if c.patience.pause(ctx, pause) != nil {
			break
		}
		pause = min(2*pause, lastPause)
	}
	return errors.Join(plain(err), c.journal.Gone(r))
}

// How often a call that makes something is tried, and the first pause: a minute and a half in all. IAM tells a new role
// to the services within seconds.
const (
	makeAttempts = 13
	makePause    = time.Second
	makeTime     = time.Minute // of one call
)

// uncut calls create, whatever becomes of ctx meanwhile.
func uncut(ctx context.Context, create func(context.Context) (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), makeTime)
	defer cancel()
	return create(ctx)
}

// refused tells that a service answered that it did not do what it was asked to.
func refused(err error) bool {
	s := status(err)
	return code(err) != "" && s >= http.StatusBadRequest && s < http.StatusInternalServerError
}

// throttled tells that a limit of requests refused a call.
func throttled(err error) bool {
	_, is := retry.DefaultThrottleErrorCodes[code(err)]
	return is
}

// unready tells that a role, or the policy in it, has not come to the service yet. The codes are those of any mistake, so
// that the words tell: CreateFunction, CreateEventSourceMapping, CreateDeliveryStream.
func unready(err error) bool {
	switch code(err) {
	case "InvalidParameterValueException", "InvalidArgumentException", "InvalidParameterException":
	default:
		return false
	}
	text := strings.ToLower(err.Error())
	for _, words := range []string{"cannot be assumed", "unable to assume", "ensure the role can perform", "check the role provided", "is not authorized to perform"} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

// TakeDown deletes what the journal names and closes it. Told, where it is not nil, is told what becomes of each
// resource. What could not be deleted stays in the journal, for wavetank cleanup.
func (c *Custody) TakeDown(ctx context.Context, told func(text string)) error {
	cleaner := NewCleaner(CleanerConfig{
		Clients: c.config.Clients, Account: c.config.Account, Prefix: c.config.Run.Prefix,
		Journal: c.journal, Deny: c.config.Deny, Wait: c.config.Wait,
	})
	err := cleaner.Delete(ctx, c.journal.Left(), func(r Resource, err error) {
		if told != nil && err == nil {
			told("deleted " + r.String())
		}
	})
	if err = errors.Join(err, c.journal.Close()); err != nil {
		return fmt.Errorf("%w\nwavetank cleanup --run %s deletes what is left", err, c.config.Run.ID)
	}
	return nil
}

// Close closes the journal without deleting anything, where TakeDown was not called. Closing twice is nothing.
func (c *Custody) Close() error { return c.journal.Close() }
