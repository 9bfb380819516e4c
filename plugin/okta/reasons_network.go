package main

import (
	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/internal/oktaapi"
)

// networkReasons are about the way to Okta, and about others who answer in its place.
var networkReasons = []plugin.Reason{
	reason(oktaapi.ReasonHostNotFound, plugin.ConfigInvalid, "No such host",
		"Check the spelling of the domain. If it is right, check that this machine can look up names on the internet."),
	reason(oktaapi.ReasonNameServiceUnavailable, plugin.ServiceUnavailable, "Name service not answering",
		"Check this machine's DNS settings and its connection to the internet."),
	reason(oktaapi.ReasonConnectionRefused, plugin.ServiceUnavailable, "Connection refused",
		"Check domain and port. If they are right, ask your network team to allow outgoing HTTPS from this machine to the domain."),
	reason(oktaapi.ReasonHostUnreachable, plugin.ServiceUnavailable, "No route to the host",
		"Check this machine's connection to the internet, and ask your network team to allow outgoing HTTPS to the domain."),
	reason(oktaapi.ReasonConnectionReset, plugin.ServiceUnavailable, "Connection broke",
		"It usually passes by itself, and the connector tries again. If it stays, ask your network team whether a firewall or proxy cuts connections to the domain."),
	reason(oktaapi.ReasonTimedOut, plugin.ServiceUnavailable, "No answer in time",
		"Check that this machine reaches the domain, directly or through the proxy named by HTTPS_PROXY. If it does, look at "+statusPage+"."),
	reason(oktaapi.ReasonTLSUnknownAuthority, plugin.ServiceUnavailable, "Certificate not trusted",
		"If your network inspects TLS, give its root certificate in a file named by SSL_CERT_FILE. Otherwise the answer did not come from Okta: check the domain."),
	reason(oktaapi.ReasonTLSNameMismatch, plugin.ConfigInvalid, "Certificate for another host",
		"Check the spelling of the domain. For a custom domain check at Okta Admin Console › Customizations › Brands › your brand › Domains that its certificate is active."),
	reason(oktaapi.ReasonTLSCertificateExpired, plugin.ServiceUnavailable, "Certificate expired",
		"Check this machine's date and time. If they are right, renew the custom domain's certificate at Okta Admin Console › Customizations › Brands › your brand › Domains."),
	reason(oktaapi.ReasonTLSNotSpoken, plugin.ConfigInvalid, "No TLS at this address",
		"Check domain and port: what answers there does not speak HTTPS. A proxy or captive portal in between does the same."),
	reason(oktaapi.ReasonTLSFailed, plugin.ServiceUnavailable, "TLS handshake failed",
		"Ask your network team whether something between this machine and the domain interferes with TLS 1.2 and 1.3."),
	reason(oktaapi.ReasonProxyFailed, plugin.ServiceUnavailable, "Proxy not reachable",
		"Check the address in HTTPS_PROXY, and add the domain to NO_PROXY if no proxy is needed to reach it."),
	reason(oktaapi.ReasonProxyAuthenticationRequired, plugin.ServiceUnavailable, "Proxy wants a sign-in",
		"Put user name and password into HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT), or ask your network team for a way without a sign-in."),
	reason(oktaapi.ReasonNetworkFailed, plugin.ServiceUnavailable, "Network failed",
		"Check this machine's connection to the internet and its proxy settings."),
	reason(oktaapi.ReasonCaptivePortal, plugin.ServiceUnavailable, "Web page instead of Okta's answer",
		"Open the domain in a browser on this machine. If a sign-in page of the network appears, sign in; if a notice of a firewall or proxy appears, ask your network team to let the domain through; if another site appears, correct the domain."),
	reason(oktaapi.ReasonRedirected, plugin.ServiceMisbehaved, "Redirect instead of an answer",
		"Enter the address of the org itself: a redirect is never followed, because it would carry your credentials elsewhere. If the domain is right, sign in to the network's captive portal or ask your network team."),
	reason(oktaapi.ReasonAddressWrong, plugin.ConfigInvalid, "No Okta API at this address",
		"Check the domain: it must be that of your Okta org, as shown in the Okta Admin Console in the menu under your name."),
}
