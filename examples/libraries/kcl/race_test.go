//go:build race

package kcl

func init() { fanOutShards = 1 }
