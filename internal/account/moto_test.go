//go:build moto

package account_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/wavetank/wavetank/internal/account"
	"github.com/wavetank/wavetank/internal/target/aws/httpclient"
)

// moto is a configuration for the server that WAVETANK_MOTO_URL names, emptied.
func moto(t *testing.T, transport http.RoundTripper) aws.Config {
	t.Helper()
	url := os.Getenv("WAVETANK_MOTO_URL")
	if url == "" {
		t.Skip("WAVETANK_MOTO_URL is not set: start moto_server and set it to its address")
	}
	resp, err := http.Post(url+"/moto-api/reset", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return aws.Config{
		Region: testRegion, BaseEndpoint: &url, HTTPClient: httpclient.New(transport),
		Credentials: credentials.NewStaticCredentialsProvider("AKIAWAVETANK", "secret", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func TestMotoKilledBetweenEveryTwoSteps(t *testing.T) { killBetween(t, moto(t, nil)) }

// TestMotoIAM cleans up as a user who has exactly the policy of cleanup but for one action, then as one who has all of it,
// then with keys that nobody issued. moto matches actions and knows no resources of most services, so that the policy's
// actions stand on everything here; it takes no signature of Lambda's to be right, so that nothing of Lambda's is made.
func TestMotoIAM(t *testing.T) {
	config := moto(t, nil)
	url := *config.BaseEndpoint
	dir := t.TempDir()
	m := newMaker(config)
	killed(t, m, dir, testRun(), withoutLambda)
	actions := append(policy(t, "cleanup").Actions(), "tagging:GetResources") // as moto calls it

	as := motoUser(t, m, config, without(actions, "kinesis:DeleteStream"))
	enforce(t, url, "0")
	failed, err := cleanWithoutLambda(t, newCleaner(as, dir), 4)
	if len(failed) != 1 || failed[0].Kind != account.Stream || !strings.Contains(err.Error(), "wavetank iam-policy") {
		t.Fatalf("failed %v: %v; want the stream alone, with advice", failed, err)
	}
	if _, err := newCleaner(config, dir).Find(t.Context(), account.Options{Now: testNow}); err == nil || !strings.Contains(err.Error(), "InvalidAccessKeyId") {
		t.Errorf("with keys that nobody issued: %v", err)
	}

	enforce(t, url, "inf")
	as = motoUser(t, m, config, actions)
	enforce(t, url, "0")
	if _, err := account.NewClients(as).Caller(t.Context()); err != nil {
		t.Error(err)
	}
	if failed, err := cleanWithoutLambda(t, newCleaner(as, dir), 1); len(failed) > 0 || err != nil {
		t.Errorf("failed %v: %v", failed, err)
	}
	enforce(t, url, "inf")
	if got := allNames(t, m); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
}

// withoutLambda is how many steps make a role, a stream, a bucket and a log group.
const withoutLambda = 5 + 4 + 5 + 3

// cleanWithoutLambda finds and deletes, and takes it that Lambda does not answer.
func cleanWithoutLambda(t *testing.T, c *account.Cleaner, want int) (failed []account.Resource, err error) {
	t.Helper()
	found, err := c.Find(t.Context(), account.Options{Now: testNow})
	if err == nil {
		t.Error("Lambda's signatures are right here: make functions too")
	} else {
		for line := range strings.Lines(err.Error()) {
			if !strings.Contains(line, ": lambda ") {
				t.Error(line)
			}
		}
	}
	if len(found.Left) != want {
		t.Fatalf("%d found, want %d", len(found.Left), want)
	}
	err = c.Delete(t.Context(), found.Resources(), func(r account.Resource, err error) {
		if err != nil {
			failed = append(failed, r)
		}
	})
	return failed, err
}

// enforce sets after how many requests moto asks IAM; it asks never again once the test is over.
func enforce(t *testing.T, url, after string) {
	t.Helper()
	resp, err := http.Post(url+"/moto-api/reset-auth", "", strings.NewReader(after))
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
}

// motoUser is a configuration with the keys of a new user who may do what is listed.
func motoUser(t *testing.T, m *maker, config aws.Config, actions []string) aws.Config {
	t.Helper()
	t.Cleanup(func() { enforce(t, *config.BaseEndpoint, "inf") })
	name := account.NewRunID(testNow)
	document, err := account.Document{Version: "2012-10-17", Statement: []account.Statement{
		{Sid: "All", Effect: "Allow", Action: actions, Resource: []string{"*"}},
	}}.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.iam.CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.iam.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
		UserName: &name, PolicyName: aws.String("cleanup"), PolicyDocument: aws.String(string(document)),
	}); err != nil {
		t.Fatal(err)
	}
	key, err := m.iam.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name})
	if err != nil {
		t.Fatal(err)
	}
	config.Credentials = credentials.NewStaticCredentialsProvider(*key.AccessKey.AccessKeyId, *key.AccessKey.SecretAccessKey, "")
	return config
}

func without(list []string, one string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == one })
}

// TestMotoByTag cleans up what has its tags, without a journal and after its expiry.
func TestMotoByTag(t *testing.T) {
	config := moto(t, nil)
	m := newMaker(config)
	killed(t, m, t.TempDir(), testRun(), 1000)
	cleanUp(t, newCleaner(config, ""), account.Options{Now: testNow.Add(3 * time.Hour)})
	if got := allNames(t, m); len(got) > 0 {
		t.Errorf("left: %v", got)
	}
}

// TestMotoPlan asks for quotas; what moto does not know is not known.
func TestMotoPlan(t *testing.T) {
	config := moto(t, nil)
	clients := account.NewClients(config)
	who, err := clients.Caller(t.Context())
	if err != nil || who.Account != testAccount {
		t.Fatalf("%+v, %v", who, err)
	}
	p := planned(t)
	if err := p.Check(t.Context(), clients); err != nil {
		t.Fatal(err)
	}
	if len(p.Quotas) != 4 || p.Quotas[0].Unknown != "" || p.Quotas[0].Limit == 0 {
		t.Errorf("%+v", p.Quotas)
	}
	var out strings.Builder
	if err := p.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
}
