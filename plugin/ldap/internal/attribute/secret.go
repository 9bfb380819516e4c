package attribute

import "strings"

// Secret reports whether an attribute holds a password, a hash of one or a key. It
// errs on the side of silence: what is called after a password is one, unless it is
// known to be only about one.
func Secret(name string) bool {
	key := Key(name)
	if secrets[key] {
		return true
	}
	if aboutPasswords[key] {
		return false
	}
	for _, part := range secretParts {
		if strings.Contains(key, part) {
			return true
		}
	}
	return false
}

// secretParts are what the names of such attributes have in common.
var secretParts = []string{
	"password", "passwd", "passphrase", "pwd", "pwhistory", "secret", "credential", "privatekey", "private-key", "symmetrickey",
	"nthash", "lmhash", "token", "otp", "seed", "pinchecksum", "pincode", "scratchcode", "recoverycode",
}

// secrets are those that are called otherwise: of Active Directory ([MS-ADA1] to
// [MS-ADA3]), Kerberos in LDAP (MIT's kerberos.schema, Heimdal's hdb.schema), Samba,
// FreeIPA and PKCS; and userPassword by its number (RFC 4519 §2.41).
var secrets = set(`
	dbcspwd unicodepwd ntpwdhistory lmpwdhistory supplementalcredentials initialauthincoming initialauthoutgoing
	trustauthincoming trustauthoutgoing currentvalue priorvalue msds-managedpassword ms-mcs-admpwd mslaps-password
	mslaps-encryptedpassword mslaps-encryptedpasswordhistory msfve-recoverypassword msfve-keypackage
	msds-keycredentiallink mspkidpapimasterkeys mspkiaccountcredentials mspkiroamingtimestamp
	krbprincipalkey krbextradata krbmkey krbpwdhistory krbloginfailedcount krb5key krb5keyset
	sambantpassword sambalmpassword sambapasswordhistory sambacleartextpassword ipanthash ipatokenotpkey ipatokenhotpcounter
	userpkcs12 userpassword authpassword unixuserpassword pwdhistory oathsecret radiususerpassword nsds5replicacredentials
	olcrootpw 2.5.4.35`)

// aboutPasswords are times, counters and policies; and secretaries, who are people.
var aboutPasswords = set(`
	pwdlastset badpwdcount badpasswordtime pwdchangedtime pwdaccountlockedtime pwdfailuretime pwdgraceusetime pwdreset
	pwdpolicysubentry pwdlastsuccess pwdstarttime pwdendtime pwdaccounttmplockoutend passwordexpirationtime passwordexpwarned
	passwordretrycount passwordgraceusertime passwordallowchangetime krbpasswordexpiration krblastpwdchange krbpwdpolicyreference
	sambapwdlastset sambapwdcanchange sambapwdmustchange sambabadpasswordcount sambabadpasswordtime
	msds-userpasswordexpirytimecomputed secretary
	tokengroups tokengroupsglobalanduniversal tokengroupsnogcacceptable`)

// Nameless reports whether a server named an attribute by a number, which it does
// where its schema has no name: nobody can tell what it holds.
func Nameless(name string) bool { return name != "" && name[0] >= '0' && name[0] <= '9' }

// Bulky reports whether an attribute holds pictures, sounds or certificates, which
// say nothing about who somebody is and are larger than all else together.
func Bulky(name string) bool { return bulky[Key(name)] }

var bulky = set(`
	jpegphoto thumbnailphoto thumbnaillogo photo audio usercertificate usersmimecertificate cacertificate
	msexchuserculturephoto msexchblockedsendershash msexchsaferecipientshash msexchsafesendershash
	msexchmailboxsecuritydescriptor ntsecuritydescriptor logonhours userparameters replpropertymetadata
	msds-replattributemetadata msds-replvaluemetadata`)

func set(names string) map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		all[strings.ToLower(name)] = true
	}
	return all
}
