package directory

import (
	"context"
	"errors"
	"slices"

	"github.com/go-ldap/ldap/v3"
)

// RootDSE is what a server says of itself (RFC 4512 §5.1).
type RootDSE struct {
	// Hidden says that the server shows nothing of it to the bind account.
	Hidden bool
	// Vendor is its name and version, in its own words; empty where it gives none.
	Vendor string
	// ActiveDirectory is true for domain controllers and for AD LDS.
	ActiveDirectory bool
	// Paging is true where the paged results control is offered.
	Paging bool
	// NamingContexts are the roots of what it keeps, and DefaultNamingContext the
	// one of people, which only Active Directory names; as the server wrote them.
	NamingContexts       []string
	DefaultNamingContext string
}

// Capabilities by which Active Directory and AD LDS are known ([MS-ADTS]
// 3.1.1.3.4.3, LDAP capabilities).
const (
	capabilityActiveDirectory = "1.2.840.113556.1.4.800"
	capabilityADLDS           = "1.2.840.113556.1.4.1851"
)

// ReadRootDSE asks a server what it is.
func (c *Conn) ReadRootDSE(ctx context.Context) (RootDSE, error) {
	entry, ok, err := c.Read(ctx, "", "supportedControl", "supportedCapabilities", "namingContexts", "defaultNamingContext",
		"vendorName", "vendorVersion", "objectClass")
	if errors.Is(err, &Error{Reason: ReasonAccessDenied}) || errors.Is(err, &Error{Reason: ReasonBaseNotFound}) {
		return RootDSE{Hidden: true}, nil
	}
	if err != nil {
		return RootDSE{}, err
	}
	if !ok {
		return RootDSE{Hidden: true}, nil
	}
	controls, capabilities := entry.GetEqualFoldAttributeValues("supportedControl"), entry.GetEqualFoldAttributeValues("supportedCapabilities")
	root := RootDSE{
		Hidden:               len(controls) == 0,
		ActiveDirectory:      slices.Contains(capabilities, capabilityActiveDirectory) || slices.Contains(capabilities, capabilityADLDS),
		Paging:               slices.Contains(controls, ldap.ControlTypePaging),
		NamingContexts:       entry.GetEqualFoldAttributeValues("namingContexts"),
		DefaultNamingContext: entry.GetEqualFoldAttributeValue("defaultNamingContext"),
	}
	root.Vendor = Printable(vendor(entry, root.ActiveDirectory), c.settings.Password())
	return root, nil
}

// vendor is what a server calls itself; neither Active Directory nor OpenLDAP has
// an attribute for it.
func vendor(entry *ldap.Entry, activeDirectory bool) string {
	name := entry.GetEqualFoldAttributeValue("vendorName")
	if version := entry.GetEqualFoldAttributeValue("vendorVersion"); version != "" {
		name += " " + version
	}
	switch {
	case name != "":
		return name
	case activeDirectory:
		return "Active Directory"
	case slices.Contains(entry.GetEqualFoldAttributeValues("objectClass"), "OpenLDAProotDSE"):
		return "OpenLDAP"
	}
	return ""
}
