/* What verifying a signed assertion costs libxml2 and libxmlsec1: the peer that our own row is held against.
 *
 * In:  a signed document whose root has the attribute ID, and the signer's certificate in PEM; then, on standard input, for
 *      each measurement, its milliseconds.
 * Out: on standard output, for each, the processor time of one verification in microseconds: parse, verify, free.
 * Never: a key that is loaded for each verification; the peer keeps it ready, as we do.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <xmlsec/crypto.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

static double now(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec * 1e6 + (double)at.tv_nsec / 1e3;
}

static char *slurp(const char *path, int *length)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *octets = malloc((size_t)size);
    if (octets == NULL || fread(octets, 1, (size_t)size, file) != (size_t)size)
        return NULL;
    fclose(file);
    *length = (int)size;
    return octets;
}

static int verified(const char *octets, int length, xmlSecKeyPtr key)
{
    static const xmlChar *ids[] = { BAD_CAST "ID", NULL };
    int holds = 0;
    xmlDocPtr document = xmlReadMemory(octets, length, NULL, NULL, XML_PARSE_NONET);
    if (document == NULL)
        return 0;
    xmlNodePtr root = xmlDocGetRootElement(document);
    xmlSecAddIDs(document, root, ids);
    xmlNodePtr signature = xmlSecFindNode(root, xmlSecNodeSignature, xmlSecDSigNs);
    xmlSecDSigCtxPtr context = xmlSecDSigCtxCreate(NULL);
    if (signature != NULL && context != NULL) {
        context->signKey = key;
        holds = xmlSecDSigCtxVerify(context, signature) == 0
            && context->status == xmlSecDSigStatusSucceeded;
        context->signKey = NULL; /* lent, not given: a copy for each verification would cost the peer 100 µs */
    }
    if (context != NULL)
        xmlSecDSigCtxDestroy(context);
    xmlFreeDoc(document);
    return holds;
}

int main(int count, char **arguments)
{
    char line[64];
    int length = 0;
    if (count != 3 || xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0)
        return 2;
    char *octets = slurp(arguments[1], &length);
    xmlSecKeyPtr key =
        xmlSecCryptoAppKeyLoad(arguments[2], xmlSecKeyDataFormatCertPem, NULL, NULL, NULL);
    if (octets == NULL || key == NULL || !verified(octets, length, key))
        return 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        double span = atof(line) * 1e3, started = now(CLOCK_MONOTONIC);
        double before = now(CLOCK_PROCESS_CPUTIME_ID);
        long times = 0;
        while (now(CLOCK_MONOTONIC) - started < span)
            for (int i = 0; i < 16; i++, times++)
                if (!verified(octets, length, key))
                    return 1;
        printf("%f\n", (now(CLOCK_PROCESS_CPUTIME_ID) - before) / (double)times);
        fflush(stdout);
    }
    return 0;
}
