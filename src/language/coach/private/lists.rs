//! Word lists of what is private: parted by spaces.

/// What belongs to a person, as asked for.
pub(super) const ITEMS: &str = "e-mail email mail e-mails phone telephone mobile cell address postcode zip dob birthday birthdate birth \
    password passcode pin username surname imei aadhaar pan passport vin plate reg registration iban ssn ref \
    reference id otp cvv expiry upi bvn pnr locator serial nid cpr d.o.b tel nif cpf dni nino ni tin login street name number \
    no nr numbers account card order booking policy invoice receipt member membership customer licence \
    license";

/// Items that ask for nothing alone: `order` needs `number`.
pub(super) const WEAK: &str = "name number no nr numbers account card order booking policy invoice receipt member membership customer \
    licence license mail street login birth";

/// Words that ask.
pub(super) const ASKING: &str = "reply post comment share send tell give drop put write leave provide confirm paste what's which state \
    need add tweet supply kindly type pop what quote let mention repeat list enter submit please pls plz \
    have can could tag answer respond revert include furnish verify indicate forward remind say want";

/// Words that ask for what follows them, whatever the place.
pub(super) const OUTRIGHT: &str = "share send tell give drop leave provide confirm what's which what comment quote post \
    write please pls plz supply furnish pop paste reply tweet";

/// What is done with a thing that a sentence before has asked for.
pub(super) const GIVING: &str =
    "send drop put post stick pop type write leave reply comment tell share answer paste tweet dm message give";

/// Where everybody reads.
pub(super) const HERE: &str = "here below comment comments reply thread under underneath tweet publicly post replies public replying \
    beneath timeline wall answer revert respond";

/// Where everybody reads and nothing else can be meant.
pub(super) const OPENLY: &str =
    "comment comments reply replies replying thread tweet publicly timeline paki-comment pa-comment";

/// Where nobody else reads and nothing else can be meant: `call` and `form` also say what is done afterwards.
pub(super) const CLOSED: &str = "dm dms dm'd dming pm pms privately private inbox inboxed encrypted portal";

/// Where nobody else reads.
pub(super) const PRIVATELY: &str = "dm dms dm'd dming pm pms privately private inbox message messages messenger form call ring chat portal \
    app settings ticket encrypted secure whatsapp branch desk counter email e-mail mail phone log direct msg \
    inboxed";

/// Words that warn.
pub(super) const NEVER: &str = "don't never dont not without no needn't won't shouldn't avoid nothing";

/// Names of numbers that belong to one customer.
pub(super) const NUMBERED: &str = "order booking policy account card member ref reference invoice chart case claim customer passport file \
    reservation job ticket meter licence loan patient id application parcel membership plate pin imei \
    confirmation acct folio contract serial locator tag mrn nif sin ssn group check visa mastercard amex pnr \
    tracking consignment subscription contact reg kundennummer donor subscriber candidate student roll fine customer's \
    locker house flat plate enrolment registration employee staff pension meter iqama nid cpr";

/// Numbers of things that nobody owns: `part number`.
pub(super) const THINGS: &str = "part model version lot batch style size flight bus route train line page item product colour color build \
    bug stop store aisle round the a one this that any some same total large small high low right wrong good";

/// Units behind a number: `310MB`.
pub(super) const UNITS: &str = "mb gb tb kb kg km ml kwh mhz ghz mm cm hz rpm mah psi kw";

/// Ends of street names.
pub(super) const STREETS: &str = "street st road rd lane ln close rise way drive dr avenue ave row view crescent cres cr terrace court ct \
    walk place pl grove gardens mews square boulevard blvd parade path fold end wharf quay green park hollow \
    strasse straße weg gate rue via calle nagar marg steps trail bank hill rd. field mead yard alley loop \
    circle highway hwy gasse platz";

/// Mailboxes of a house, not of a person.
pub(super) const BOXES: &str = "help care support hello hi info press claims sales office team service contact jobs hr refunds returns \
    orders bookings media security abuse privacy bye desk billing shop legal accounts complaints feedback \
    studio events booking careers admin post mail enquiries repairs presse registrar lost letters fuel \
    noreply no-reply gm safe saves safety tickets newsroom parking welcome lostproperty donations \
    bookkeeping dispatch kitchen reservations frontdesk reception manager membership";

/// Houses that are written to by their name.
pub(super) const OFFICES: &str = "council office town library school parish";

/// References that a house gives out itself.
pub(super) const OWN_NUMBERED: &str = "ref reference case ticket enquiry query complaint report return work incident \
    processing job";
/// What a house says before a mailbox or a telephone of its own.
pub(super) const REACH: &str = "write email e-mail mail ask contact send me us via reach try desk direct press junk";
/// What is said before an address that is a customer's.
pub(super) const SENT: &str = "sent for your emailed went account is";
/// What is said before a telephone number of the house.
pub(super) const CALLED: &str = "ring ringing call calling phone phones on me us line text dial number's desk office \
    helpline dispatch direct my our outside fax whatsapp reached at or agent team clinic station pharmacist contact pharmacy";
/// What is said before a customer's.
pub(super) const YOURS: &str =
    "your called rang tried cell have had mobile you've goes went still will you're under by";
/// What is said after a telephone number of the house.
pub(super) const THEN_CALLED: &str =
    "direct anytime mornings day ask night weekdays 24/7 ext extension till until from any";
/// What is said after a customer's.
pub(super) const THEN_YOURS: &str = "still right correct on";
/// Titles and greetings before a person's name.
pub(super) const TITLES: &str = "mr mrs ms miss dr sir madam hi hello dear thanks yes sorry congrats";
/// Rooms and the like.
pub(super) const ROOMS: &str = "room flat unit apt apartment cabin suite bed ward";
/// Whether a list has a word.
pub(super) fn has(list: &str, word: &str) -> bool {
    !word.is_empty() && list.split_ascii_whitespace().any(|listed| listed == word)
}
