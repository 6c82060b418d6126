package scenarios

import "strconv"

var existingShape = shape[Existing]{
	name: "existing",
	doc: "What of the pipeline is there already, by its names there. Honoured by --target aws and by the URL of an endpoint: " +
		"it is checked, used and left as it is, never made, tagged or deleted. Targets that begin empty (embedded, simulate, serve, " +
		"a LocalStack that wavetank starts) make the whole pipeline as described.",
	keys: []key[Existing]{
		row("streams", mapOf(streamNames, existingStreamShape.codec()), func(e *Existing) *map[string]ExistingStream { return &e.Streams },
			"Streams of the pipeline that are there already. Mode and number of shards must be what the pipeline says."),
		row("deliveryStreams", mapOf(deliveryStreamNames, existingDeliveryStreamShape.codec()),
			func(e *Existing) *map[string]ExistingDeliveryStream { return &e.DeliveryStreams },
			"Delivery streams of the pipeline that are there already, with their buckets. Their objects are read and stay."),
		row("functions", mapOf(functionNames, existingFunctionShape.codec()),
			func(e *Existing) *map[string]ExistingFunction { return &e.Functions },
			"Functions of your own, with the event source mappings they have. They stay as they are and leave no receipts: "+
				"what they do with each record is not told. The model in the pipeline is for rehearsals."),
	},
}

var existingStreamShape = shape[ExistingStream]{
	name: "existingStream",
	doc:  "A stream that is there already.",
	keys: []key[ExistingStream]{
		row("allowWrites", trueOrFalse, func(s *ExistingStream) *bool { return &s.AllowWrites },
			"Whether a load, and marker records before it, may be put there.", byDefault("false")),
	},
}

var existingDeliveryStreamShape = shape[ExistingDeliveryStream]{
	name: "existingDeliveryStream",
	doc:  "A delivery stream that is there already.",
	keys: []key[ExistingDeliveryStream]{
		row("allowWrites", trueOrFalse, func(s *ExistingDeliveryStream) *bool { return &s.AllowWrites },
			"Whether a load, and marker records before it, may be put there by Direct PUT.", byDefault("false")),
	},
}

var existingFunctionShape = shape[ExistingFunction]{
	name: "existingFunction",
	doc:  "A function of your own: {}.",
}

// trueOrFalse is true or false. A default is plain text.
var trueOrFalse = codec[bool]{
	decode: func(d *decoder, n *node) bool {
		v, err := strconv.ParseBool(n.text)
		if n.kind != boolean && n.kind != plain || err != nil || n.text != strconv.FormatBool(v) {
			d.errorf(n, "found %s, want true or false", n.found())
		}
		return v
	},
	encode: func(v bool, _ mode) *node { return &node{kind: boolean, text: strconv.FormatBool(v)} },
	schema: func(*schemaWriter) map[string]any { return map[string]any{"type": "boolean"} },
}
