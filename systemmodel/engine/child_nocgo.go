//go:build !cgo || !(linux || darwin)

package engine

// built reports whether the engine is in this program.
const built = false

func loadLibrary(string) (string, error) { return "", errMissing }

func loadModel([]byte, setup) (model, error) { return nil, errMissing }
