package host

var orphans = []string{"scripted", "deaf", "sdk"}
