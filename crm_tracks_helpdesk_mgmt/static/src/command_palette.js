import {trackModels} from "@crm_tracks/track_apply/command_palette";

trackModels.add("helpdesk.ticket", true);
