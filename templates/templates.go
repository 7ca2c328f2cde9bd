// Package templates holds what the site is made of besides data: for each
// component a folder with its HTML template, its style and its script side by
// side. Package site parses them and computes everything that they print.
package templates

import "embed"

// FS holds the templates and styles as <component>/<component>.tmpl and .css, and
// the scripts as dist/<component>.js: tools/assets has bundled them from
// <component>/<component>.js and minified them.
//
//go:embed */*.tmpl */*.css dist/*
var FS embed.FS
