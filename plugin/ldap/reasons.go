package main

import (
	"slices"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
)

// reasons are all that the connector may give.
var reasons = slices.Concat(configReasons, networkReasons, bindReasons, searchReasons, listingReasons)

func reason(name string, class plugin.Class, title, fix string) plugin.Reason {
	return plugin.Reason{Name: name, Class: class, Title: title, Fix: fix}
}

// Where things are set that several fixes name.
const (
	inADUC      = "Active Directory Users and Computers › the bind account › Properties › Account"
	askNetwork  = "ask your network team to let this machine reach the server's port (636 for ldaps, 389 for ldap)."
	askAdmin    = "Ask the directory's administrator "
	giveRead    = "to let the bind account read these entries: in Active Directory with Delegate Control on the base DN, in OpenLDAP with olcAccess (by dn.exact=\"BIND DN\" read)."
	reportFault = "Check that the address is that of an LDAP server. If it is, tell its administrator what the message says."
)

var configReasons = []plugin.Reason{
	reason(directory.ReasonAddressInvalid, plugin.ConfigInvalid, "Address not readable",
		"Enter the server as ldaps://HOST or ldap://HOST, with a port if it is not the usual one, and nothing after it."),
	reason(directory.ReasonPlaintextRefused, plugin.ConfigInvalid, "Way not protected",
		"Enter ldaps:// instead of ldap://, or switch StartTLS on. Only a server on this machine is read without TLS."),
	reason(directory.ReasonStartTLSOverTLS, plugin.ConfigInvalid, "StartTLS beside ldaps",
		"Switch StartTLS off, or enter ldap:// instead of ldaps://."),
	reason(directory.ReasonCACertificateInvalid, plugin.ConfigInvalid, "CA certificate not readable",
		"Paste the certificate of the authority that signed the server's, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----. In Active Directory: Certification Authority › the authority › Properties › General › View Certificate › Details › Copy to File, as Base-64 encoded X.509."),
	reason(directory.ReasonBaseInvalid, plugin.ConfigInvalid, "Base DN not readable",
		"Enter a distinguished name such as ou=people,dc=example,dc=com; a comma within a value is written as \\,."),
	reason(directory.ReasonFilterInvalid, plugin.ConfigInvalid, "Filter not readable",
		"Enter a filter such as (objectClass=inetOrgPerson), with as many closing as opening parentheses, or leave it empty."),
	reason(reasonBaseDNMissing, plugin.ConfigInvalid, "Base DN missing",
		"Enter as base DN where people are: one of those that the message names, or an entry below."),
	reason(reasonCursorInvalid, plugin.ConfigInvalid, "Cursor not readable",
		"Use a cursor as it was given, or begin without one."),
	reason(reasonCursorForeign, plugin.ConfigInvalid, "Cursor of another listing",
		"Begin without a cursor: it belongs to the server, the base DN and the filter with which it was made."),
}

var networkReasons = []plugin.Reason{
	reason(directory.ReasonHostNotFound, plugin.ConfigInvalid, "No such host",
		"Check the spelling of the server's name. If it is right, check that this machine asks the name servers that know it."),
	reason(directory.ReasonNameServiceUnavailable, plugin.ServiceUnavailable, "Name service not answering",
		"Check this machine's DNS settings and its connection to the network."),
	reason(directory.ReasonConnectionRefused, plugin.ServiceUnavailable, "Connection refused",
		"Check server and port, and that the directory service runs there. If they are right, "+askNetwork),
	reason(directory.ReasonHostUnreachable, plugin.ServiceUnavailable, "No route to the host",
		"Check this machine's connection to the network, and "+askNetwork),
	reason(directory.ReasonTimedOut, plugin.ServiceUnavailable, "No answer in time",
		"Check that this machine reaches the server, and "+askNetwork+" If a large directory answers slowly, raise the time limit or lower the page size."),
	reason(directory.ReasonConnectionBroke, plugin.ServiceUnavailable, "Connection broke",
		"It usually passes by itself, and the connector connects anew. If it stays, ask the directory's administrator for the server's log, and your network team whether a firewall cuts idle connections."),
	reason(directory.ReasonNetworkFailed, plugin.ServiceUnavailable, "Network failed",
		"Check this machine's connection to the network."),
	reason(directory.ReasonTLSUnknownAuthority, plugin.ConfigInvalid, "Certificate not trusted",
		"Paste the certificate of the authority that signed the server's as CA certificate. In Active Directory: Certification Authority › the authority › Properties › General › View Certificate › Details › Copy to File, as Base-64 encoded X.509."),
	reason(directory.ReasonTLSNameMismatch, plugin.ConfigInvalid, "Certificate for another host",
		"Enter the server by a name that is in its certificate, usually its full name (host.example.com) rather than an IP address."),
	reason(directory.ReasonTLSCertificateExpired, plugin.ServiceUnavailable, "Certificate expired",
		"Check this machine's date and time. If they are right, ask the directory's administrator to renew the server's certificate."),
	reason(directory.ReasonTLSNotSpoken, plugin.ConfigInvalid, "No TLS at this address",
		"Check the port: ldaps usually listens at 636. If the server offers StartTLS only, enter ldap:// and switch StartTLS on."),
	reason(directory.ReasonTLSFailed, plugin.ServiceUnavailable, "TLS handshake failed",
		askAdmin+"whether the server offers TLS 1.2 or 1.3 with a valid certificate and demands none of its clients."),
	reason(directory.ReasonStartTLSRefused, plugin.ConfigInvalid, "StartTLS not offered",
		"Enter ldaps:// and switch StartTLS off, or ask the directory's administrator to give the server a certificate."),
}

var bindReasons = []plugin.Reason{
	reason(directory.ReasonBindRejected, plugin.CredentialsRejected, "Bind account not accepted",
		"Check bind account and password. OpenLDAP wants a distinguished name (cn=patchbay,ou=services,dc=example,dc=com); Active Directory also takes name@domain. "+inADUC+" shows the name."),
	reason(directory.ReasonBindNameInvalid, plugin.CredentialsRejected, "Bind account's name not valid",
		"Enter the bind account as a distinguished name, such as cn=patchbay,ou=services,dc=example,dc=com; a comma within a value is written as \\,."),
	reason(directory.ReasonBindMethodRefused, plugin.CredentialsRejected, "Sign-in with a password refused",
		askAdmin+"to allow a simple bind with name and password for the bind account, and whether that account is active and has a password."),
	reason(directory.ReasonBindAccountUnknown, plugin.CredentialsRejected, "Bind account unknown",
		"Correct the bind account: "+inADUC+" shows its user logon name with the domain."),
	reason(directory.ReasonBindHours, plugin.CredentialsRejected, "Bind account outside its logon hours",
		inADUC+" › Logon Hours: permit all hours."),
	reason(directory.ReasonBindWorkstation, plugin.CredentialsRejected, "Bind account not for this computer",
		inADUC+" › Log On To: choose All computers, or add the domain controller."),
	reason(directory.ReasonBindPasswordExpired, plugin.CredentialsRejected, "Bind password expired",
		"Active Directory Users and Computers › the bind account › Reset Password, and enter the new one here. Password never expires, at "+inADUC+", keeps it from happening again."),
	reason(directory.ReasonBindPasswordMustChange, plugin.CredentialsRejected, "Bind password must be changed",
		inADUC+" › Account options: untick User must change password at next logon."),
	reason(directory.ReasonBindAccountDisabled, plugin.CredentialsRejected, "Bind account disabled",
		"Active Directory Users and Computers › the bind account › Enable Account."),
	reason(directory.ReasonBindAccountExpired, plugin.CredentialsRejected, "Bind account expired",
		inADUC+" › Account expires: choose Never or a later day."),
	reason(directory.ReasonBindAccountLocked, plugin.CredentialsRejected, "Bind account locked",
		inADUC+": tick Unlock account. Then find out who signs in with a wrong password; it may be an old configuration of this connection."),
	reason(directory.ReasonStrongerAuthRequired, plugin.ConfigInvalid, "Stronger sign-in demanded",
		"Enter ldaps://, or switch StartTLS on: Active Directory demands one of them where LDAP signing is required. If TLS is on, ask the directory's administrator to allow a simple bind over it."),
	reason(directory.ReasonConfidentialityRequired, plugin.ConfigInvalid, "TLS demanded",
		"Enter ldaps://, or switch StartTLS on."),
}

var searchReasons = []plugin.Reason{
	reason(directory.ReasonAccessDenied, plugin.PermissionMissing, "Bind account may not read this",
		askAdmin+giveRead),
	reason(directory.ReasonBaseNotFound, plugin.ConfigInvalid, "Base DN not there",
		"Correct the base DN; the message says how far the server knows it. If it is right, the bind account may not see it: ask the directory's administrator "+giveRead),
	reason(directory.ReasonReferred, plugin.ConfigInvalid, "Entries on another server",
		"Enter as server the one that keeps the base DN: the connector follows no referral, for that would carry the password elsewhere."),
	reason(directory.ReasonSizeLimit, plugin.PermissionMissing, "Server's size limit reached",
		askAdmin+"to lift the limit for the bind account: in OpenLDAP with olcLimits: dn.exact=\"BIND DN\" size.soft=unlimited size.hard=unlimited size.prtotal=unlimited."),
	reason(directory.ReasonTimeLimit, plugin.ServiceUnavailable, "Server's time limit reached",
		askAdmin+"to index the attributes of the filter, or to raise the time limit of the bind account (olcLimits in OpenLDAP, MaxQueryDuration in Active Directory)."),
	reason(directory.ReasonAdminLimit, plugin.PermissionMissing, "Administrator's limit reached",
		askAdmin+"to lift the look-through limit for the bind account, or to index the attributes of the filter. A smaller base DN helps too."),
	reason(directory.ReasonServerBusy, plugin.ServiceUnavailable, "Server busy",
		"It usually passes by itself, and the connector tries again. If it stays, ask the directory's administrator for another server."),
	reason(directory.ReasonServerUnavailable, plugin.ServiceUnavailable, "Server not available",
		"It usually passes by itself, and the connector tries again. If it stays, ask the directory's administrator whether the server is starting or being maintained."),
	reason(directory.ReasonServerUnwilling, plugin.ServiceUnavailable, "Server unwilling",
		askAdmin+"for the server's log: it refuses what it could do, for a reason that the message may name."),
	reason(directory.ReasonServerRefused, plugin.ServiceMisbehaved, "Server refused",
		reportFault),
	reason(directory.ReasonPagingUnsupported, plugin.ConfigInvalid, "No paged results",
		askAdmin+"to allow the paged results control (1.2.840.113556.1.4.319) for the bind account, or for a server that offers it."),
	reason(directory.ReasonPagingBroken, plugin.ServiceMisbehaved, "Paged results broken off",
		reportFault),
	reason(directory.ReasonResponseUnreadable, plugin.ServiceMisbehaved, "No LDAP at this address",
		reportFault),
	reason(directory.ReasonResponseTooLarge, plugin.ServiceMisbehaved, "Answer too large",
		askAdmin+"which entry is so large, and leave it out with the filter."),
}

var listingReasons = []plugin.Reason{
	reason(reasonNobodySeen, plugin.PermissionMissing, "Nobody to be seen",
		"Check base DN and filter for users. If they are right, ask the directory's administrator "+giveRead),
	reason(reasonIDHidden, plugin.PermissionMissing, "Ids not readable",
		askAdmin+"to let the bind account read entryUUID, or objectGUID in Active Directory. For Active Directory behind another server choose the schema ad."),
	reason(reasonGroupsNotSeen, plugin.PermissionMissing, "No group to be seen",
		"Check base DN and filter for groups. If they are right, ask the directory's administrator "+giveRead+" If there are no groups, switch Groups off."),
	reason(reasonMembersNotSeen, plugin.PermissionMissing, "No member of a group to be seen",
		askAdmin+"to let the bind account read the attributes member, uniqueMember and memberUid of groups. If nobody is in a group, do not read memberships."),
	reason(reasonRootDSEHidden, plugin.NoClass, "Server says nothing of itself",
		"Choose the schema yourself, and give a base DN; or ask the directory's administrator to let the bind account read the root DSE."),
	reason(reasonPasswordsReadable, plugin.NoClass, "Passwords can be read",
		askAdmin+"to take the right to read it from the bind account: in OpenLDAP with a rule before all others, olcAccess: to attrs=userPassword by self write by anonymous auth by * none."),
	reason(reasonPlaceLost, plugin.NoClass, "Place in the listing lost",
		"Nothing is to be done: the listing begins again, and nobody is left out."),
	reason(reasonPlaceLostTooOften, plugin.CursorLost, "Place in the listing lost too often",
		"Enter one server instead of a name that leads to several, or run again when the directory changes less."),
	reason(reasonTooManyPeople, plugin.ConfigInvalid, "Too many people for memberships",
		"Narrow the filter for users, or do not read memberships."),
}
