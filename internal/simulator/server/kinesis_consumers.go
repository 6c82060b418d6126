package server

// consumerOperations are the operations of stream consumers.
var consumerOperations = map[string]operation{}
