// Package templates holds what the site is made of besides data: for each
// component a folder with its HTML template, its style and its script side by
// side. Package site parses them and computes everything that they print.
package templates

import "embed"

// FS holds the files as <component>/<component>.tmpl, .css and .js.
//
//go:embed */*.tmpl */*.css */*.js
var FS embed.FS
