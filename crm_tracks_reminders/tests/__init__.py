from . import (
    test_calendar,
    test_calendar_key,
    test_morning,
    test_morning_mail,
    test_translations,
)
