// Package published makes results of tables of scores that others published. A
// benchmark says which table and which columns ([archive.Published]), a model
// which rows are its own ([archive.Row]). The results are transcripts: their
// numbers are those of the table, digit for digit, with source, digest and line.
// They can be compared with the table and not with the data behind it.
package published
