// Package contract holds requests against GitHub's own descriptions of its
// APIs: OpenAPI for REST, a schema for GraphQL. Both come from npm, pinned by
// package-lock.json:
//
//	npm ci --ignore-scripts
package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

// Contract is what one of GitHub's services takes.
type Contract struct {
	router routers.Router
	schema *ast.Schema
}

// Load reads the descriptions of a service ("api.github.com", "ghes-3.17") from a
// folder node_modules.
func Load(modules, service string) (*Contract, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(modules, "@octokit/openapi/generated", service+".json"))
	if err != nil {
		return nil, err
	}
	doc.Servers = nil // any host will do
	// doc.Validate is left out: GitHub's file does not pass it, for two paths that
	// differ in a parameter's name alone.
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(modules, "@octokit/graphql-schema/schema.graphql"))
	if err != nil {
		return nil, err
	}
	types, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: "schema.graphql", Input: string(text)})
	if err != nil {
		return nil, err
	}
	for _, t := range types.Definitions { // two of GitHub's types name a field twice
		seen := map[string]bool{}
		t.Fields = slices.DeleteFunc(t.Fields, func(f *ast.FieldDefinition) bool {
			again := seen[f.Name]
			seen[f.Name] = true
			return again
		})
	}
	schema, err := validator.ValidateSchemaDocument(types)
	if err != nil {
		return nil, err
	}
	return &Contract{router, schema}, nil
}

// Check reports what is wrong with a request whose path is that of the service,
// /repos/... or /graphql. It is a hook of forgetest.
func (c *Contract) Check(r *http.Request, body []byte) error {
	if r.URL.Path == "/graphql" {
		return c.checkGraphQL(body)
	}
	return c.checkREST(r, body)
}

// slashes are the parameters at the end of a path that GitHub lets hold slashes.
// OpenAPI has no such thing.
var slashes = regexp.MustCompile(`^(/repos/[^/]+/[^/]+/(?:contents|git/ref|git/refs|git/matching-refs)/)(.+)$`)

func (c *Contract) checkREST(r *http.Request, body []byte) error {
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	if m := slashes.FindStringSubmatch(r.URL.Path); m != nil {
		r.URL.Path, r.URL.RawPath = m[1]+strings.ReplaceAll(m[2], "/", "-"), ""
	}
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return err
	}
	if err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, RejectWhenRequestBodyNotSpecified: true},
	}); err != nil {
		return err
	}
	// Beyond OpenAPI, whose schemas leave bodies and queries open: a name that
	// GitHub does not know is a mistake that it would not report.
	for _, name := range slices.Sorted(maps.Keys(r.URL.Query())) {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			return fmt.Errorf("%s has no parameter %q in the query", route.Path, name)
		}
	}
	if len(body) == 0 || route.Operation.RequestBody == nil {
		return nil
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return err
	}
	if media := route.Operation.RequestBody.Value.GetMediaType("application/json"); media != nil {
		return known("body", value, media.Schema)
	}
	return nil
}

// known reports a field of an object that none of the schemas for it names.
func known(at string, value any, schemas ...*openapi3.SchemaRef) error {
	schemas = alternatives(schemas)
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			var fields []*openapi3.SchemaRef
			open := true // no schema names any field
			for _, s := range schemas {
				open = open && len(s.Value.Properties) == 0
				if f := s.Value.Properties[name]; f != nil {
					fields = append(fields, f)
				}
			}
			if open {
				return nil
			}
			if len(fields) == 0 {
				return fmt.Errorf("%s has no field %q", at, name)
			}
			if err := known(at+"."+name, value[name], fields...); err != nil {
				return err
			}
		}
	case []any:
		var items []*openapi3.SchemaRef
		for _, s := range schemas {
			if s.Value.Items != nil {
				items = append(items, s.Value.Items)
			}
		}
		for i, v := range value {
			if err := known(fmt.Sprintf("%s[%d]", at, i), v, items...); err != nil {
				return err
			}
		}
	}
	return nil
}

// alternatives adds the schemas that oneOf, anyOf and allOf name.
func alternatives(schemas []*openapi3.SchemaRef) []*openapi3.SchemaRef {
	var all []*openapi3.SchemaRef
	for _, s := range schemas {
		all = append(all, s)
		for _, list := range []openapi3.SchemaRefs{s.Value.OneOf, s.Value.AnyOf, s.Value.AllOf} {
			all = append(all, alternatives(list)...)
		}
	}
	return all
}

func (c *Contract) checkGraphQL(body []byte) error {
	var in struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		return err
	}
	query, list := gqlparser.LoadQueryWithRules(c.schema, in.Query, nil)
	if len(list) > 0 {
		return list
	}
	if len(query.Operations) != 1 {
		return errors.New("the request has not one operation")
	}
	if _, err := validator.VariableValues(c.schema, query.Operations[0], in.Variables); err != nil {
		return err
	}
	return nil
}
