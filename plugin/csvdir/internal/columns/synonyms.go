package columns

// understood are the headers of exports: of spreadsheets and HR systems in
// English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish
// and Polish. They are compared folded ([Fold]). Of two columns that claim an
// attribute, the one whose header stands first here has it.
var understood = []Understood{
	{ID, []string{
		"ID", "UUID", "GUID", "Object ID", "User ID", "Person ID", "Worker ID", "Associate ID", "Record ID", "External ID", "Unique ID", "Sys ID",
		"Benutzer-ID", "Personen-ID", "Identifiant unique", "ID persona", "ID utente", "ID usuario", "Gebruikers-ID", "Användar-ID", "Bruger-ID",
	}},
	{EmployeeNumber, []string{
		"Employee number", "Employee ID", "Employee no.", "Employee #", "Employee code", "Emp ID", "Emp no.", "Emp. number", "EmplID", "Personnel number",
		"Personnel no.", "Personnel ID", "Pers. no.", "PERNR", "Staff number", "Staff ID", "Staff no.", "Worker number", "File number", "Payroll number", "Payroll ID",
		"Badge number", "Badge ID", "Personalnummer", "Personal-Nr.", "Pers.-Nr.", "PersNr", "Mitarbeiternummer", "Mitarbeiter-Nr.", "Mitarbeiter-ID",
		"Matricule", "Numéro matricule", "Numéro d'employé", "Matricule salarié", "Número de empleado", "Nº empleado", "ID de empleado", "Código de empleado", "Matricola",
		"Numero dipendente", "ID dipendente", "Matrícula", "Número de funcionário", "ID do funcionário", "Personeelsnummer", "Medewerkernummer", "Anställningsnummer", "Anställnings-ID",
		"Medarbejdernummer", "Ansattnummer", "Numer pracownika", "Numer ewidencyjny",
	}},
	{Email, []string{
		"Work e-mail", "Work e-mail address", "Business e-mail", "Company e-mail", "Corporate e-mail", "E-mail", "E-mail address", "Mail", "Primary e-mail", "E-mail work",
		"E-mails value", "Primary work e-mail", "Dienstliche E-Mail", "E-Mail (geschäftlich)", "E-Mail-Adresse", "E-Mail dienstlich", "E-Mail geschäftlich", "Geschäftliche E-Mail", "Mailadresse", "Courriel", "Adresse e-mail", "Adresse électronique", "Courriel professionnel", "E-mail professionnel",
		"Correo electrónico", "Correo", "Correo corporativo", "Posta elettronica", "Indirizzo e-mail", "E-mail aziendale", "Endereço de e-mail", "E-mail corporativo",
		"E-mailadres", "E-postadress", "E-post", "Adres e-mail",
	}},
	{OtherEmail, []string{
		"Other e-mail", "Secondary e-mail", "Second e-mail", "Alternate e-mail", "Alternative e-mail", "Weitere E-Mail", "Autre e-mail",
	}},
	{UserName, []string{
		"User name", "Login", "Login name", "User principal name", "UPN", "sAMAccountName", "Account name", "Account", "Sign-in name", "Network ID", "Benutzername",
		"Anmeldename", "Benutzerkennung", "Kürzel", "Nom d'utilisateur", "Identifiant", "Nombre de usuario", "Usuario", "Nome utente", "Nome de usuário", "Gebruikersnaam", "Användarnamn", "Brugernavn", "Nazwa użytkownika",
	}},
	{GivenName, []string{
		"First name", "Given name", "Forename", "First", "Preferred first name", "Legal first name", "Legal name - first name", "Vorname", "Rufname", "Prénom", "Nombre de pila", "Nombres",
		"Primer nombre", "Nome proprio", "Primeiro nome", "Voornaam", "Roepnaam", "Förnamn", "Fornavn", "Imię", "Name given", "Name first",
	}},
	{MiddleName, []string{"Middle name", "Middle names", "Middle initial", "Zweiter Vorname", "Deuxième prénom", "Segundo nombre", "Secondo nome", "Mellannamn", "Mellemnavn", "Drugie imię"}},
	{FamilyName, []string{
		"Last name", "Family name", "Surname", "Last", "Legal last name", "Legal name - last name", "Nachname", "Familienname", "Zuname", "Nom de famille", "Nom", "Nom d'usage", "Apellidos", "Apellido",
		"Cognome", "Sobrenome", "Apelido", "Último nome", "Achternaam", "Efternamn", "Efternavn", "Etternavn", "Nazwisko", "Name family", "Name last",
	}},
	{DisplayName, []string{
		"Display name", "Full name", "Employee name", "Worker name", "Worker", "Associate name", "Preferred name", "Legal name", "Name", "Employee", "Vollständiger Name", "Anzeigename", "Mitarbeiter", "Mitarbeiterin", "Mitarbeitername", "Nom complet",
		"Nom et prénom", "Nom prénom", "Nom affiché", "Nombre completo", "Nombre y apellidos", "Apellidos y nombre", "Nombre", "Nome completo", "Cognome e nome", "Nominativo", "Nome", "Naam", "Volledige naam", "Weergavenaam", "Medewerker",
		"Fullständigt namn", "Namn", "Fulde navn", "Navn", "Imię i nazwisko", "Name formatted", "Name full",
	}},
	{NickName, []string{"Nickname", "Known as", "Preferred nickname", "Spitzname", "Surnom", "Apodo", "Soprannome", "Bijnaam", "Smeknamn"}},
	{HonorificPrefix, []string{"Honorific prefix", "Name prefix", "Prefix", "Academic title", "Salutation title", "Titel", "Akademischer Titel", "Akad. Titel", "Titolo accademico"}},
	{HonorificSuffix, []string{"Honorific suffix", "Name suffix", "Suffix", "Namenszusatz"}},
	{Title, []string{
		"Job title", "Position title", "Business title", "Employee title", "Working title", "Title", "Position", "Job", "Job position", "Role", "Job name", "Stellenbezeichnung", "Berufsbezeichnung",
		"Funktion", "Position (Bezeichnung)", "Tätigkeit", "Stelle", "Jobtitel", "Intitulé du poste", "Poste", "Fonction", "Titre du poste", "Emploi", "Puesto", "Cargo", "Puesto de trabajo", "Qualifica", "Ruolo", "Mansione",
		"Posizione", "Função", "Functie", "Functietitel", "Befattning", "Titel/befattning", "Stilling", "Stillingsbetegnelse", "Stanowisko",
	}},
	{Department, []string{
		"Department", "Department name", "Dept", "Dept. name", "Home department", "Supervisory organization", "Team", "Org unit", "Organizational unit", "Org unit path", "Orgunit name", "Abteilung", "Abteilungsname", "Organisationseinheit", "Département", "Service",
		"Direction/Service", "Departamento", "Área", "Dipartimento", "Reparto", "Ufficio", "Unità organizzativa", "Setor", "Afdeling", "Avdelning", "Avdeling", "Dział", "Department description",
	}},
	{Division, []string{
		"Division", "Division name", "Business unit", "Business unit name", "Bereich", "Geschäftsbereich", "Sparte", "Direction", "Pôle", "Unidad de negocio", "División", "Divisione", "Direzione", "Divisão", "Divisie", "Affärsområde", "Pion",
	}},
	{Organization, []string{
		"Company", "Company name", "Legal entity", "Organization", "Organisation", "Employer", "Legal employer", "Gesellschaft", "Firma", "Unternehmen", "Mandant", "Société", "Entreprise", "Entité légale",
		"Empresa", "Sociedad", "Azienda", "Società", "Bedrijf", "Företag", "Bolag", "Virksomhed", "Spółka", "Enterprise organization",
	}},
	{CostCenter, []string{
		"Cost center", "Cost centre", "Cost center code", "Cost centre code", "Cost center name", "Cost center ID", "Kostenstelle", "Kostenstellennummer", "KST", "Centre de coûts", "Centre de coût", "Centro de coste", "Centro de costo", "Centro de costes", "Centro de costos",
		"Centro di costo", "Centro de custo", "Kostenplaats", "Kostnadsställe", "Omkostningssted", "Kostnadssted", "MPK", "Centrum kosztów",
	}},
	{UserType, []string{
		"Employment type", "Employee type", "Worker type", "Worker category", "User type", "Contract type", "Type of employment", "Employee class", "Beschäftigungsart", "Mitarbeitertyp", "Vertragsart", "Anstellungsart", "Mitarbeiterkreis",
		"Type de contrat", "Type d'emploi", "Tipo de contrato", "Tipo de empleado", "Tipo contratto", "Tipo di contratto", "Dienstverband", "Type dienstverband", "Anställningsform", "Ansættelsestype", "Rodzaj umowy",
	}},
	{Status, []string{
		"Employment status", "Employee status", "Worker status", "Status", "Lifecycle status", "Position status", "Account status", "User status", "Active status", "Active", "Is active", "Account enabled", "Enabled", "State of employment",
		"Beschäftigungsstatus", "Mitarbeiterstatus", "Aktiv", "Statut", "Actif", "Situation", "Estado", "Estatus", "Activo", "Situación laboral", "Stato", "Attivo", "Situação", "Ativo", "Actief", "Anställningsstatus", "Aktywny",
	}},
	{Inactive, []string{"Inactive", "Is inactive", "Disabled", "Account disabled", "Deactivated", "Is terminated", "Left", "Inaktiv", "Ausgeschieden", "Gesperrt", "Inactif"}},
	{HireDate, []string{
		"Hire date", "Date of hire", "Start date", "Date hired", "Joining date", "Date of joining", "Original hire date", "Most recent hire date", "Last hire date", "Employment start date", "Employment start", "Continuous service date", "Entry date", "Joined",
		"Eintrittsdatum", "Eintritt", "Einstellungsdatum", "Beginn", "Startdatum", "Date d'embauche", "Date d'entrée", "Date d'arrivée", "Fecha de alta", "Fecha de ingreso", "Fecha de contratación", "Fecha de inicio", "Data assunzione", "Data di assunzione",
		"Data inizio", "Data de admissão", "Datum in dienst", "Indiensttreding", "In dienst", "Anställningsdatum", "Ansættelsesdato", "Ansettelsesdato", "Data zatrudnienia",
	}},
	{TerminationDate, []string{
		"Termination date", "Date of termination", "End date", "Last day of work", "Last working day", "Last day", "Leaving date", "Date of leaving", "Exit date", "Employment end date", "Employment end", "Separation date", "Contract end date", "Terminated on", "Date left",
		"Austrittsdatum", "Austritt", "Ende", "Enddatum", "Vertragsende", "Kündigungsdatum", "Letzter Arbeitstag", "Date de départ", "Date de sortie", "Date de fin", "Date de fin de contrat", "Fecha de baja", "Fecha de salida", "Fecha de fin", "Fecha de término", "Data cessazione",
		"Data di cessazione", "Data fine", "Data de demissão", "Data de desligamento", "Datum uit dienst", "Uit dienst", "Slutdatum", "Fratrædelsesdato", "Sluttdato", "Data zwolnienia",
	}},
	{ManagerID, []string{
		"Manager ID", "Manager employee ID", "Manager employee number", "Manager number", "Manager no.", "Manager #", "Manager user ID", "Manager code", "Manager EID", "Supervisor ID", "Supervisor EID", "Supervisor employee ID", "Supervisor number", "Supervisor no.", "Supervisor code",
		"Reports to ID", "Reports to employee ID", "Reports to associate ID", "Reports to employee number", "Line manager ID", "Line manager number", "Direct manager ID", "Boss ID", "Manager personnel number", "Vorgesetzten-ID", "Vorgesetzter ID", "Vorgesetzter Personalnummer", "Personalnummer Vorgesetzter", "Personalnummer des Vorgesetzten",
		"Vorgesetzten-Nr.", "Personalnr. Vorgesetzter", "Führungskraft ID", "Personalnummer Führungskraft", "Führungskraft Personalnummer", "Matricule manager", "Matricule du manager", "Matricule responsable", "Matricule du responsable", "Matricule N+1", "ID responsable", "ID del responsable", "ID jefe", "ID del jefe", "ID gerente",
		"ID responsabile", "Matricola responsabile", "ID do gestor", "Matrícula do gestor", "Personeelsnummer leidinggevende", "Leidinggevende ID", "Chef-ID", "Chef anställningsnummer", "Leder-ID", "Numer przełożonego",
	}},
	{ManagerEmail, []string{
		"Manager e-mail", "Manager e-mail address", "Manager work e-mail", "Manager's e-mail", "Manager mail", "Supervisor e-mail", "Supervisor e-mail address", "Reports to e-mail", "Line manager e-mail", "Direct manager e-mail", "Manager UPN", "E-Mail Vorgesetzter", "Vorgesetzter E-Mail",
		"E-Mail des Vorgesetzten", "Vorgesetzten-E-Mail", "E-Mail Führungskraft", "Führungskraft E-Mail", "E-mail manager", "E-mail du manager", "E-mail responsable", "E-mail du responsable", "Courriel du responsable", "E-mail N+1", "Correo del responsable", "E-mail del jefe", "Correo del jefe",
		"E-mail responsabile", "E-mail do gestor", "E-mail leidinggevende", "Chefens e-post", "E-post chef", "Leders e-mail",
	}},
	{ManagerName, []string{
		"Manager name", "Manager display name", "Manager full name", "Manager's name", "Supervisor name", "Supervisor full name", "Reports to name", "Reporting manager name", "Line manager name", "Direct manager name", "Name Vorgesetzter", "Name des Vorgesetzten", "Vorgesetzter Name", "Name der Führungskraft", "Führungskraft Name",
		"Nom du manager", "Nom du responsable", "Nom manager", "Nom N+1", "Nombre del responsable", "Nombre del jefe", "Nome responsabile", "Nome do gestor", "Naam leidinggevende", "Chefens namn", "Leders navn",
	}},
	{Manager, []string{
		"Manager", "Worker's manager", "Employee's manager", "Reports to", "Reporting to", "Supervisor", "Line manager", "Direct manager", "Reporting manager", "People manager", "Boss", "Immediate supervisor", "Vorgesetzter", "Vorgesetzte", "Vorgesetzte/r", "Direkter Vorgesetzter", "Führungskraft", "Disziplinarischer Vorgesetzter", "Berichtet an",
		"Responsable", "Responsable hiérarchique", "Supérieur hiérarchique", "N+1", "Supérieur", "Rattaché à", "Jefe", "Jefe directo", "Jefe inmediato", "Responsable directo", "Reporta a", "Gerente", "Superior", "Responsabile", "Responsabile diretto", "Riporta a", "Gestor", "Gestor direto", "Leidinggevende", "Direct leidinggevende", "Chef", "Närmaste chef",
		"Leder", "Nærmeste leder", "Przełożony", "Bezpośredni przełożony",
	}},
	{WorkPhone, []string{"Work phone", "Business phone", "Office phone", "Phone", "Phone number", "Telephone", "Telephone number", "Phone work", "Telefon", "Telefonnummer", "Telefon geschäftlich", "Durchwahl", "Téléphone", "Téléphone professionnel", "Teléfono", "Telefono", "Telefone", "Telefoon", "Telefoonnummer"}},
	{MobilePhone, []string{"Mobile phone", "Mobile", "Mobile number", "Cell phone", "Cell", "Work mobile", "Mobiltelefon", "Handy", "Mobilnummer", "Mobil", "Portable", "Téléphone portable", "Móvil", "Teléfono móvil", "Celular", "Cellulare", "Telemóvel", "Mobiel"}},
	{StreetAddress, []string{"Street address", "Street", "Office address", "Work address", "Address line 1", "Straße", "Adresse du bureau", "Calle", "Via"}},
	{City, []string{"City", "Town", "Work city", "Office city", "Location city", "Ort", "Stadt", "Arbeitsort", "Ville", "Ciudad", "Città", "Cidade", "Stad", "Plaats", "Miasto"}},
	{Region, []string{"State", "Region", "Province", "State/Province", "Work state", "Bundesland", "Kanton", "Région", "Provincia", "Comunidad autónoma", "Regione", "UF"}},
	{PostalCode, []string{"Postal code", "Zip", "Zip code", "Postcode", "PLZ", "Postleitzahl", "Code postal", "Código postal", "CAP", "CEP"}},
	{Country, []string{"Country", "Country code", "Work country", "Country/Region", "Usage location", "Land", "Pays", "País", "Paese", "Kraj"}},
	{Language, []string{"Preferred language", "Language", "Sprache", "Langue", "Idioma", "Lingua", "Taal", "Språk"}},
	{Locale, []string{"Locale"}},
	{TimeZone, []string{"Time zone", "Timezone", "Zeitzone", "Fuseau horaire", "Zona horaria", "Fuso orario", "Tijdzone"}},
	{ProfileURL, []string{"Profile URL", "Profile link", "Profile page"}},
	{Created, []string{"Created", "Created at", "Created on", "Creation date", "Created date time", "Date created", "Erstellt am", "Anlagedatum", "Date de création"}},
	{LastUpdated, []string{"Last updated", "Last modified", "Updated at", "Modified", "Last changed", "Geändert am", "Letzte Änderung", "Date de modification"}},
	{LastLogin, []string{"Last login", "Last sign-in", "Last logon", "Last sign in", "Letzte Anmeldung", "Dernière connexion"}},
}
