module github.com/bsgen/bsgen

go 1.26
