package images

import (
	"encoding/binary"
	"hash/crc32"
)

// fixCRC mends the checksum of a PNG file's header.
func fixCRC(png []byte) {
	binary.BigEndian.PutUint32(png[29:], crc32.ChecksumIEEE(png[12:29]))
}
