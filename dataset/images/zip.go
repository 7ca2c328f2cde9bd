package images

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/bsgen/bsgen/assembly"
	"github.com/bsgen/bsgen/systemmodel/pillow"
)

// Zip returns the images in a zip file. The name of an image is the first group
// of the pattern in its file's name without folders; files that do not match are
// no images of the set. Without a pattern it is the file's name without the extension.
//
// The zip file is kept open by r, which must outlive the set. Two files of one
// name, links, files larger than [MaxFile] or more than [MaxImages] are errors.
func Zip(r io.ReaderAt, size int64, pattern *regexp.Regexp) (*Set, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("not a zip file: %w", err)
	}
	if len(z.File) > MaxImages {
		return nil, fmt.Errorf("%d files, more than the %d allowed", len(z.File), MaxImages)
	}
	files := map[string]file{}
	for _, f := range z.File {
		base := path.Base(f.Name)
		if strings.HasSuffix(f.Name, "/") || strings.HasPrefix(base, ".") || strings.HasPrefix(f.Name, "__MACOSX/") {
			continue
		}
		name := strings.TrimSuffix(base, path.Ext(base))
		if pattern != nil {
			m := pattern.FindStringSubmatch(base)
			if m == nil {
				continue
			}
			name = m[1]
		}
		switch {
		case !f.Mode().IsRegular():
			return nil, fmt.Errorf("%s is not a regular file", assembly.Name(f.Name))
		case f.UncompressedSize64 > MaxFile:
			return nil, fmt.Errorf("%s has %d bytes, more than the %d allowed", assembly.Name(f.Name), f.UncompressedSize64, int64(MaxFile))
		case files[name] != nil:
			return nil, fmt.Errorf("two files have the name %s", assembly.Name(name))
		}
		files[name] = zipped{f}
	}
	return newSet(files)
}

// zipped is a file in a zip file.
type zipped struct{ *zip.File }

// bytes reads the file: what it says of its own size is not believed.
func (f zipped) bytes() ([]byte, string, error) {
	r, err := f.Open()
	if err != nil {
		return nil, "", err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err == nil && len(data) > MaxFile {
		err = fmt.Errorf("it unpacks to more than the %d bytes allowed", int64(MaxFile))
	}
	return data, strings.ToLower(path.Ext(f.Name)), err
}

func (f zipped) decode() (*pillow.Image, error) { return decodeFile(f) }

func decodeFile(f file) (*pillow.Image, error) {
	data, _, err := f.bytes()
	if err != nil {
		return nil, err
	}
	return Decode(data)
}
