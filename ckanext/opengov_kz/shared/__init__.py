"""What every capability may lean on: languages, identifiers and the guarded HTTP client.

Nothing here imports CKAN, so each rule can be read and tested on its own. Key words: kk/ru/en,
transliteration, BIN, KATO, outgoing requests.
"""
