package table

import "testing"

func TestConditions(t *testing.T) {
	text := func(s string) Value { return Value{Text: s} }
	number := func(s string) Value { return Value{Text: s, Number: true} }
	item := map[string]Value{"Owner": text("a"), "At": number("9"), "Gone": {Null: true}}
	args := map[string]Value{":a": text("a"), ":b": text("b"), ":10": number("10"), ":9": number("9"), ":null": text("NULL")}
	for condition, want := range map[string]bool{
		"":                                     true,
		"Owner = :a":                           true,
		"Owner = :b":                           false,
		"Owner <> :b":                          true,
		"Owner = :10":                          false,
		"At < :10":                             true, // as numbers
		"At > :10":                             false,
		"At <= :9 AND Owner = :b":              false,
		"At <= :9 AND Owner = :a":              true,
		"Owner = :b OR At > :10 OR Owner = :a": true,
		"attribute_not_exists(Owner)":          false,
		"attribute_not_exists(Other)AND Owner = :a": true,
		"attribute_type(Gone, :null)":               true,
		"attribute_type(Owner, :null)":              false,
		"Gone = :a":                                 false,
		"Other = :a":                                false,
	} {
		table := Table[Value]{Read: func(v Value) Value { return v }}
		if got := table.holds(item, condition, args); got != want {
			t.Errorf("%q is %v", condition, got)
		}
	}
}

func TestUpdate(t *testing.T) {
	table := Table[Value]{Read: func(v Value) Value { return v }}
	args := map[string]Value{":a": {Text: "a"}, ":b": {Text: "b"}}
	own := map[string]Value{"Key": {Text: "k"}}
	if err := table.Update("k", own, "SET One = :a, Two = :b", "attribute_not_exists(One)", args); err != nil {
		t.Fatal(err)
	}
	for _, update := range []string{"remove Two", "REMOVE One SET Two = :a"} {
		if err := table.Update("k", nil, update, "One = :a", args); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Update("k", nil, "SET Two = :b", "One = :a", args); err == nil {
		t.Error("it has changed what its condition did not allow")
	}
	got := table.Scan("", nil)
	if len(got) != 1 || len(got[0]) != 2 || got[0]["Two"].Text != "a" || got[0]["Key"].Text != "k" {
		t.Errorf("the item is %v", got)
	}
}
