// Package pull reads a pull request as data: git objects, compared with the
// policy for paths, and the submission's files over a copy of the main branch.
//
// A pull request is a stranger's. So there is no checkout and no work tree: git
// lists trees and hands out blobs, and this package decides which of them become
// files. What it refuses it names, one [archive.Problem] each. The policy:
//
//   - A submission changes files below one submissions/<id>/ and nothing else.
//   - Its files are regular and not executable: mode 100644, no symbolic links,
//     no submodules.
//   - Their names are plain: ASCII letters, digits and . _ + -, none hidden,
//     none that another spelling of capitals has already.
//   - There are at most [MaxFiles], each of at most [MaxFile] bytes and together
//     of at most [MaxTotal], and none is a pointer of Git LFS.
//
// A pull request that touches no submission is somebody's code and none of this
// package's business, unless it edits results, which the scorer alone writes.
package pull

// Limits of a submission, and of what is read to find out.
const (
	MaxFiles = 200      // files in a submission's folder
	MaxFile  = 20 << 20 // bytes of a file; larger ones are named by url
	MaxTotal = 50 << 20 // bytes of all files together
	MaxName  = 120      // bytes of a name between slashes
	MaxDepth = 4        // folders below submissions/<id>

	maxChanges = 2000      // changed paths that are looked at
	maxTrees   = 10_000    // folders that are looked into to find them
	maxEntries = 1_000_000 // files of the main branch: 3,000 models on 100 benchmarks
	maxTree    = 16 << 20  // bytes of a tree object: 400,000 entries in one folder
	maxPath    = 1000      // bytes of a path
	maxBlob    = 256 << 20 // bytes of a file on the main branch
)
