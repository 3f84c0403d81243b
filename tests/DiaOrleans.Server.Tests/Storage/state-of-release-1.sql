-- Rows as release 1 wrote them: two voices, and a deleted one. Never edit: later releases must read them as they are.

INSERT INTO OrleansStorage (ServiceId, GrainTypeHash, GrainTypeString, GrainIdHash, GrainIdN0, GrainIdN1, GrainIdExtensionString, PayloadBinary, ModifiedOn, Version)
VALUES ('dia-orleans', -1887390498, 'voice-catalog', -610320369, 0, 0, '=0', CAST('{"type":"dia.voice-catalog","version":1,"state":{"ids":["narrator","BEEF"]}}' AS BLOB), '2026-11-24 17:12:24', 4);

INSERT INTO OrleansStorage (ServiceId, GrainTypeHash, GrainTypeString, GrainIdHash, GrainIdN0, GrainIdN1, GrainIdExtensionString, PayloadBinary, ModifiedOn, Version)
VALUES ('dia-orleans', 1296523569, 'voice', -1798456458, 0, 0, '=deleted', NULL, '2026-11-24 17:12:24', 2);

INSERT INTO OrleansStorage (ServiceId, GrainTypeHash, GrainTypeString, GrainIdHash, GrainIdN0, GrainIdN1, GrainIdExtensionString, PayloadBinary, ModifiedOn, Version)
VALUES ('dia-orleans', 1296523569, 'voice', 470121919, 0, 0, '=BEEF', CAST('{"type":"dia.voice","version":1,"state":{"settings":{"style":"neutral","primarySpeaker":"S1","audioPrompt":null,"audioPromptTranscript":null}}}' AS BLOB), '2026-11-24 17:12:24', 1);

INSERT INTO OrleansStorage (ServiceId, GrainTypeHash, GrainTypeString, GrainIdHash, GrainIdN0, GrainIdN1, GrainIdExtensionString, PayloadBinary, ModifiedOn, Version)
VALUES ('dia-orleans', 1296523569, 'voice', 1153516406, 0, 0, '=narrator', CAST('{"type":"dia.voice","version":1,"state":{"settings":{"style":"calm","primarySpeaker":"S2","audioPrompt":"narrator-prompt","audioPromptTranscript":"“Once upon a time”, said she."}}}' AS BLOB), '2026-11-24 17:12:24', 1);
