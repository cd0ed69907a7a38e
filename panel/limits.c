/* A look at four numbers. Knows no release. */
#include "panel/limits.h"
#include "base/lang.h"

void limits_check(const struct panel *panel, struct faults *faults)
{
    if (panel->min_respondents < LIMIT_LEAST)
        faults_add(faults, "/disclosure/minRespondents",
                   T("must be %d or more: a figure of fewer people tells who knows one of them what the other said",
                     "moet %d of meer zijn: een cijfer over minder mensen zegt wie een van hen kent wat de ander zei"),
                   LIMIT_LEAST);
    if (panel->round_to < LIMIT_LEAST)
        faults_add(faults, "/disclosure/roundTo",
                   T("must be %d or more: told numbers then leave each count at least %d possible values; with less, "
                     "single answers can be worked out",
                     "moet %d of meer zijn: gegeven getallen laten elk aantal dan ten minste %d mogelijke waarden; met "
                     "minder zijn losse antwoorden uit te rekenen"),
                   LIMIT_LEAST, (LIMIT_LEAST + 1) / 2);
    if (panel->min_changed < panel->min_respondents)
        faults_add(
            faults, "/disclosure/minChanged",
            T("must be minRespondents (%lld) or more: the difference of two releases is a figure of that many people",
              "moet minRespondents (%lld) of meer zijn: het verschil van twee uitgaven is een cijfer over zoveel "
              "mensen"),
            (long long)panel->min_respondents);
}

void limits_warn(const struct panel *panel, struct faults *warnings)
{
    if (panel->min_respondents < MIN_RESPONDENTS_USUAL)
        faults_add(
            warnings, "/disclosure/minRespondents",
            T("%lld, where %d is usual: figures are told of fewer people, and so fewer need to compare what they "
              "answered to find out what one more said",
              "%lld, waar %d gebruikelijk is: er komen cijfers over minder mensen, zodat minder van hen hun "
              "antwoorden hoeven te vergelijken om te weten wat een ander zei"),
            (long long)panel->min_respondents, MIN_RESPONDENTS_USUAL);
    if (panel->round_to < ROUND_TO_USUAL)
        faults_add(warnings, "/disclosure/roundTo",
                   T("%lld, where %d is usual: a told number leaves only %lld values that the true one may have",
                     "%lld, waar %d gebruikelijk is: een gegeven getal laat maar %lld waarden over voor het ware"),
                   (long long)panel->round_to, ROUND_TO_USUAL, (long long)panel->round_to);
    if (panel->release_interval < RELEASE_INTERVAL_USUAL)
        faults_add(warnings, "/disclosure/releaseInterval",
                   T("%lld days, where %d is usual: releases that follow each other sooner tell better when what they "
                     "newly tell was answered",
                     "%lld dagen, waar %d gebruikelijk is: uitgaven die elkaar sneller volgen zeggen beter wanneer "
                     "geantwoord is wat zij nieuw geven"),
                   (long long)panel->release_interval, RELEASE_INTERVAL_USUAL);
}
