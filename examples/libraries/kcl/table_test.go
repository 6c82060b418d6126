package kcl

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/vmware/vmware-go-kcl-v2/clientlibrary/checkpoint"

	"example.com/libraries/internal/table"
)

// leases is the table that the workers of an application share.
type leases struct {
	table.Table[types.AttributeValue]
}

func newLeases() *leases {
	return &leases{table.Table[types.AttributeValue]{Read: func(v types.AttributeValue) table.Value {
		return table.Value{Text: text(v)}
	}}}
}

func text(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return "" // of an attribute that is not there, too
}

// owners is how many shards that are not at their end each worker has.
func (l *leases) owners() map[string]int {
	n := map[string]int{}
	for _, item := range l.Scan("", nil) {
		if text(item[checkpoint.SequenceNumberKey]) != checkpoint.ShardEnd {
			n[text(item[checkpoint.LeaseOwnerKey])]++
		}
	}
	return n
}

func (l *leases) want(t testing.TB, want string) {
	t.Helper()
	if got := fmt.Sprint(l.owners()); got != "map["+want+"]" {
		t.Errorf("the workers have %s, not %s", got, want)
	}
}

var errFar = errors.New("the table cannot be reached")

// dynamo is a worker's own way to the table, which can be cut.
type dynamo struct {
	leases *leases
	cut    atomic.Bool
}

func (d *dynamo) reach() error {
	if d.cut.Load() {
		return errFar
	}
	return nil
}

func refused(err error) error {
	if errors.Is(err, table.ErrCondition) {
		return &types.ConditionalCheckFailedException{}
	}
	return err
}

func (d *dynamo) Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	return &dynamodb.ScanOutput{Items: d.leases.Table.Scan("", nil)}, d.reach()
}

func (d *dynamo) DescribeTable(
	context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options),
) (*dynamodb.DescribeTableOutput, error) {
	return &dynamodb.DescribeTableOutput{}, d.reach()
}

func (d *dynamo) CreateTable(
	context.Context, *dynamodb.CreateTableInput, ...func(*dynamodb.Options),
) (*dynamodb.CreateTableOutput, error) {
	return nil, errors.New("the table is there")
}

func (d *dynamo) GetItem(
	_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: d.leases.Get(text(in.Key[checkpoint.LeaseKeyKey]))}, d.reach()
}

func (d *dynamo) PutItem(
	_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.PutItemOutput, error) {
	if err := d.reach(); err != nil {
		return nil, err
	}
	condition := ""
	if in.ConditionExpression != nil {
		condition = *in.ConditionExpression
	}
	err := d.leases.Put(text(in.Item[checkpoint.LeaseKeyKey]), in.Item, condition, in.ExpressionAttributeValues)
	return &dynamodb.PutItemOutput{}, refused(err)
}

func (d *dynamo) UpdateItem(
	_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.UpdateItemOutput, error) {
	if err := d.reach(); err != nil {
		return nil, err
	}
	err := d.leases.Update(text(in.Key[checkpoint.LeaseKeyKey]), in.Key, *in.UpdateExpression, *in.ConditionExpression,
		in.ExpressionAttributeValues)
	return &dynamodb.UpdateItemOutput{}, refused(err)
}

func (d *dynamo) DeleteItem(
	_ context.Context, in *dynamodb.DeleteItemInput, _ ...func(*dynamodb.Options),
) (*dynamodb.DeleteItemOutput, error) {
	if err := d.reach(); err != nil {
		return nil, err
	}
	return &dynamodb.DeleteItemOutput{}, d.leases.Delete(text(in.Key[checkpoint.LeaseKeyKey]), "", nil)
}
