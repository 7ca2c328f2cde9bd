// Package report says what a pull request's model scores before anybody merges
// it: as JSON, as a comment, as a check run with annotations, and as labels.
//
// [Make] scores what package pull extracted and compares it with the board.
// [Publish] answers the pull request, and is all that needs a token: it runs
// elsewhere, and what it is given it takes for a stranger's. So [Decode] is
// strict, whether head and number are right is asked of the forge again, and
// every text goes through the few functions of escape.go.
//
// A report is a preview. The official scores are those that the main branch
// records after the merge.
package report
