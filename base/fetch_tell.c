/* Words for what fetch.c tells apart. */
#include "base/fetch.h"
#include "base/lang.h"

const char *fetch_tell(enum fetch_outcome outcome)
{
    switch (outcome) {
    case FETCH_ANSWERED:
        return "";
    case FETCH_UNRESOLVED:
        return T("the host's name is not known", "de naam van de host is niet bekend");
    case FETCH_REFUSED:
        return T("nobody listens there", "daar luistert niemand");
    case FETCH_UNREACHABLE:
        return T("the host can't be reached", "de host is niet te bereiken");
    case FETCH_TIMED_OUT:
        return T("it took too long", "het duurde te lang");
    case FETCH_BROKEN:
        return T("the connection broke off", "de verbinding brak af");
    case FETCH_NO_MEMORY:
        return T("out of memory", "te weinig geheugen");
    case FETCH_TOO_LONG:
        return T("the answer is longer than it may be", "het antwoord is langer dan het mag zijn");
    case FETCH_EXPIRED:
        return T("it is not valid today, or this machine's clock is wrong",
                 "het is vandaag niet geldig, of de klok van deze machine loopt verkeerd");
    case FETCH_UNKNOWN_ISSUER:
        return T("it is signed by nobody whom this machine trusts",
                 "het is ondertekend door niemand die deze machine vertrouwt");
    case FETCH_WRONG_NAME:
        return T("it is for another name than this address has", "het is voor een andere naam dan dit adres heeft");
    case FETCH_NO_AUTHORITIES:
        return T("there is no list of whom this machine trusts; install ca-certificates, or set BURGERPANEL_CA_FILE",
                 "er is geen lijst van wie deze machine vertrouwt; installeer ca-certificates, of stel "
                 "BURGERPANEL_CA_FILE in");
    case FETCH_UNTRUSTED:
        return T("it can't be verified", "het is niet te controleren");
    }
    return "";
}
