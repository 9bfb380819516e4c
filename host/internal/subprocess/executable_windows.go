package subprocess

import "io/fs"

func runnable(fs.FileInfo) bool { return true }

// otherWriters: access lists are not read here; keep connectors in a folder
// that only administrators can write, such as Program Files.
func otherWriters(fs.FileInfo) string { return "" }
