package server

// reshardOperations are the operations of resharding and modes.
var reshardOperations = map[string]operation{}
