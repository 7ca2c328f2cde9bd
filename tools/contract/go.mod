// contract holds what bsgen sends to GitHub against GitHub's own descriptions of
// its APIs. It has a module of its own because its libraries, and bsgen itself,
// need not agree with those of the other tools.
module github.com/bsgen/bsgen/tools/contract

go 1.26.0

require (
	github.com/bsgen/bsgen v0.0.0-00010101000000-000000000000
	github.com/getkin/kin-openapi v0.153.0
	github.com/vektah/gqlparser/v2 v2.5.64
)

require (
	github.com/agnivade/levenshtein v1.2.2 // indirect
	github.com/go-openapi/jsonpointer v0.22.5 // indirect
	github.com/go-openapi/swag/jsonname v0.25.5 // indirect
	github.com/google/go-github/v62 v62.0.0 // indirect
	github.com/google/go-querystring v1.1.0 // indirect
	github.com/gorilla/mux v1.8.0 // indirect
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
	golang.org/x/text v0.44.0 // indirect
)

replace github.com/bsgen/bsgen => ../..

ignore ./node_modules
