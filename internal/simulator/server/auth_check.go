package server

import (
	"net/http"
	"net/url"
	"strings"
)

// checkSignature is the refusal of a request whose signature is missing or has parts missing, in AWS's words (kinesalite,
// index.js and test/connection.js). Whether the signature is right is not checked: any secret will do.
func checkSignature(r *http.Request, c *call) *wireError {
	header, query := r.Header.Get("Authorization"), url.Values(nil)
	if r.URL.RawQuery != "" {
		query = r.URL.Query()
	}
	switch inQuery := query.Has("X-Amz-Algorithm"); {
	case header != "" && inQuery:
		return &wireError{
			http.StatusBadRequest, "InvalidSignatureException",
			"Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
		}
	case header == "" && !inQuery:
		return &wireError{http.StatusBadRequest, "MissingAuthenticationTokenException", "Missing Authentication Token"}
	case header != "":
		dated := r.Header.Get("X-Amz-Date") != "" || r.Header.Get("Date") != ""
		if missing := missingOf(header, dated); missing != "" {
			return incompleteSignature(missing + "Authorization=" + header)
		}
		return checkScope(c)
	}
	missing := ""
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		if query.Get(name) == "" {
			missing += "AWS query-string parameters must include '" + name + "'. "
		}
	}
	if missing != "" {
		return incompleteSignature(missing + "Re-examine the query-string parameters.")
	}
	return checkScope(c)
}

// missingOf says what is missing of an Authorization header, and of the date where none is there.
func missingOf(header string, dated bool) (missing string) {
	for _, name := range [...]string{"Credential", "Signature", "SignedHeaders"} {
		if authorizationParameter(header, name) == "" {
			missing += "Authorization header requires '" + name + "' parameter. "
		}
	}
	if !dated {
		missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
	}
	return missing
}

// checkScope demands a credential scope. AWS's own text was not seen by kinesalite.
func checkScope(c *call) *wireError {
	if c.service == "" {
		return incompleteSignature("Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/term.")
	}
	return nil
}

func incompleteSignature(message string) *wireError {
	return &wireError{http.StatusBadRequest, "IncompleteSignatureException", message}
}

// authorizationParameter is a parameter of an Authorization header. The first word is the algorithm's; commas and blanks
// are between the others.
func authorizationParameter(header, name string) string {
	for i := strings.IndexAny(header, ", "); i >= 0; i = strings.IndexAny(header, ", ") {
		header = header[i+1:]
		if rest, ok := strings.CutPrefix(header, name+"="); ok {
			value, _, _ := strings.Cut(rest, ",")
			value, _, _ = strings.Cut(value, " ")
			return value
		}
	}
	return ""
}
